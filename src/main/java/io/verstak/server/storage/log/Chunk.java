package io.verstak.server.storage.log;

import java.nio.charset.StandardCharsets;

/**
 * Consecutive ops of a scope as one row: what a pull sends of them, and a head with a few numbers of each op. A chunk never
 * changes; small ones may be merged into a larger one that says the same.
 *
 * @param lastSequence the sequence of the last op
 * @param chain the digest after the last op, see {@link ScopeTail#link}
 * @param head see {@link ChunkHead}
 * @param body the objects of the ops as a pull sends them, separated by commas
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record Chunk(long scopeId, long lastSequence, byte[] chain, byte[] head, byte[] body) {
    /** The largest number of ops in a chunk. */
    public static final int MAX_OPS = 100;

    /** The largest body in bytes; one op may be larger. */
    public static final int MAX_BYTES = 64 << 10;

    /** What an op's object takes besides its members, at most. */
    static final int OPENING_BYTES = 42;

    private static final byte[] SEQUENCE = "{\"server_sequence\":".getBytes(StandardCharsets.US_ASCII);

    /** Returns the start of an op's object, before its members. */
    static byte[] opening(long sequence) {
        byte[] number = Long.toString(sequence).getBytes(StandardCharsets.US_ASCII);
        byte[] opening = new byte[SEQUENCE.length + number.length + 1];
        System.arraycopy(SEQUENCE, 0, opening, 0, SEQUENCE.length);
        System.arraycopy(number, 0, opening, SEQUENCE.length, number.length);
        opening[opening.length - 1] = ',';
        return opening;
    }
}
