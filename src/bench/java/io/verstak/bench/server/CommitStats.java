package io.verstak.bench.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Counts the transactions that the server has committed, without asking the server: SQLite counts every commit in
 * the head of the WAL index (field {@code iChange} of the file {@code -shm}; see "WAL-mode File Format", section
 * 2.1), and the mapping that the server shares is read here as a file.
 */
public final class CommitStats {
    private static final int CHANGE_COUNTER_AT = 8;

    private final Path walIndex;

    public CommitStats(ServerHome home) {
        Path database = home.database();
        walIndex = database.resolveSibling(database.getFileName() + "-shm");
    }

    /** The commits up to now; only a difference means something, and 32 bits wrap. */
    public int commits() throws IOException {
        ByteBuffer counter = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
        try (FileChannel file = FileChannel.open(walIndex)) {
            if (file.read(counter, CHANGE_COUNTER_AT) != Integer.BYTES) {
                throw new IOException("no counter of changes in " + walIndex);
            }
        }
        return counter.getInt(0);
    }
}
