package io.verstak.server.auth.password;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id, version 1.3 (RFC 9106).
 *
 * @param memoryKib memory in KiB
 * @param passes passes over the memory
 * @param lanes degree of parallelism; the lanes are computed one after the other
 */
record Argon2id(int memoryKib, int passes, int lanes) {
    /**
     * The parameters of new hashes: the lowest that security requirements allow, so that two threads stay below 40 MiB.
     */
    static final Argon2id CURRENT = new Argon2id(19_456, 2, 1);

    /** Limits on a stored hash: one row must not take the server's memory, or a thread for minutes. */
    private static final int MAX_MEMORY_KIB = 65_536;

    private static final int MAX_PASSES = 16;
    private static final int MAX_LANES = 16;
    private static final int MIN_BLOCKS_PER_LANE = 8;

    /**
     * Each thread reuses its blocks (Bouncy Castle clears them after use): 19 MiB of garbage per login would cost more
     * than the hash.
     */
    private static final ThreadLocal<BlockPool> BLOCKS =
            ThreadLocal.withInitial(() -> new FixedBlockPool(CURRENT.memoryKib));

    Argon2id {
        if (lanes < 1
                || lanes > MAX_LANES
                || passes < 1
                || passes > MAX_PASSES
                || memoryKib < MIN_BLOCKS_PER_LANE * lanes
                || memoryKib > MAX_MEMORY_KIB) {
            throw new IllegalArgumentException("Argon2id parameters out of bounds");
        }
    }

    /** Blocks for tens of milliseconds; called in the {@link HashPool} only. */
    byte[] hash(byte[] password, byte[] salt, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .withBlockPool(BLOCKS.get())
                .build());
        byte[] output = new byte[length];
        generator.generateBytes(password, output);
        return output;
    }
}
