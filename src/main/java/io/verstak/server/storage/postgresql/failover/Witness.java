package io.verstak.server.storage.postgresql.failover;

import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.ChunkHead;

/**
 * An op of the last commit that a writer has acknowledged. A standby has a beginning of what the primary has written, so if it has
 * this op, it has all that the writer has acknowledged.
 *
 * @param opKey the key of the op's id
 */
public record Witness(long scopeId, long opKey, long sequence) {

    /** Returns the last op of a chunk. */
    public static Witness of(Chunk chunk) {
        ChunkHead head = new ChunkHead(chunk.lastSequence(), chunk.head());
        return new Witness(chunk.scopeId(), head.opKey(head.ops() - 1), chunk.lastSequence());
    }
}
