package io.verstak.server.storage.sqlite.index;

import io.verstak.server.storage.log.OpLog;

/**
 * The row numbers of chunks: 23 bits for the scope and 40 for the sequence of the chunk's last op, so that the chunks of a scope are
 * stored together, in order, and a push appends to them. Enough for 8 million vaults of a trillion ops.
 */
public final class ChunkIds {
    private static final int SEQUENCE_BITS = 40;
    private static final long MAX_SCOPE = (1L << (Long.SIZE - 1 - SEQUENCE_BITS)) - 1;

    private ChunkIds() {}

    /**
     * Returns the row number of the chunk that ends with a sequence.
     *
     * @throws IllegalStateException if there are too many vaults, or too many ops in one
     */
    public static long of(long scopeId, long lastSequence) {
        if (scopeId > MAX_SCOPE || lastSequence > OpLog.MAX_SEQUENCE) {
            throw new IllegalStateException("a log has no room: vault %s of at most %s, sequence %s of at most %s"
                    .formatted(scopeId, MAX_SCOPE, lastSequence, OpLog.MAX_SEQUENCE));
        }
        return scopeId << SEQUENCE_BITS | lastSequence;
    }

    /** Returns the number below those of all chunks that have ops above a cursor. */
    public static long above(long scopeId, long cursor) {
        return of(scopeId, Math.min(cursor, OpLog.MAX_SEQUENCE));
    }

    /** Returns the highest number that a chunk of a scope can have. */
    public static long last(long scopeId) {
        return of(scopeId, OpLog.MAX_SEQUENCE);
    }

    /** Returns the scope of a chunk. */
    public static long scope(long id) {
        return id >> SEQUENCE_BITS;
    }

    /** Returns the sequence of a chunk's last op. */
    public static long sequence(long id) {
        return id & OpLog.MAX_SEQUENCE;
    }
}
