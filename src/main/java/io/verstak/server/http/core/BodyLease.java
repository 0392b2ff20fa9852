package io.verstak.server.http.core;

import io.verstak.server.domain.Lease;

/**
 * The memory of one body. Its first bytes are free until those of all bodies are many; the others come from a pool in
 * which no single owner can take all: several bodies of one owner share a small part, a single one may be huge, and a
 * huge one leaves room for ordinary batches however slowly it arrives. Used by one event loop.
 */
public final class BodyLease implements AutoCloseable {
    /** The overhead of one piece of a body: many tiny pieces take more memory than their bytes. */
    private static final int BYTES_PER_PIECE = 64;

    private final Lease free;
    private final long mostFree;
    private final Lease counted;

    /**
     * @param free the body's free bytes, an empty lease
     * @param mostFree how many of them a body may have
     * @param counted the body's other bytes, an empty lease
     */
    BodyLease(Lease free, long mostFree, Lease counted) {
        this.free = free;
        this.mostFree = mostFree;
        this.counted = counted;
    }

    /** Reserves memory for another piece. Returns false when there is none. */
    boolean grow(int pieceBytes) {
        long bytes = (long) pieceBytes + BYTES_PER_PIECE;
        long fromFree = Math.min(mostFree - free.amount(), bytes);
        if (fromFree > 0 && free.grow(fromFree)) {
            bytes -= fromFree;
        }
        return bytes == 0 || counted.grow(bytes);
    }

    @Override
    public void close() {
        free.close();
        counted.close();
    }
}
