package io.verstak.server.blob;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The memory between the sockets of uploads and the disk: at most 16 MiB outside of the heap, whatever the number of
 * uploads. An upload takes buffers while its bytes wait for the disk. Safe for any thread.
 */
final class UploadBuffers {
    /** How much a buffer holds. */
    static final int BYTES = 64 << 10;

    /** The smallest heap buffer when all others are taken; its upload is not read before it is written. */
    private static final int LEAST_BYTES = 16 << 10;

    private static final int MOST = (16 << 20) / BYTES;

    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private int made;

    /** Returns an empty buffer, to be given back; when all are taken, one on the heap that holds the length at least. */
    ByteBuffer take(int length) {
        synchronized (free) {
            ByteBuffer kept = free.pollFirst();
            if (kept != null) {
                return kept.clear();
            }
            if (made == MOST) {
                return ByteBuffer.allocate(Math.max(length, LEAST_BYTES));
            }
            made++;
        }
        return ByteBuffer.allocateDirect(BYTES);
    }

    /** Takes a buffer back that nobody uses any more. The newest is given out first: the processor still has it near. */
    void giveBack(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            synchronized (free) {
                free.addFirst(buffer);
            }
        }
    }
}
