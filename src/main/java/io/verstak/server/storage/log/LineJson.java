package io.verstak.server.storage.log;

import io.verstak.server.domain.ExportChunk;
import io.vertx.core.buffer.Buffer;

/** Builds a part of an export: ops as they are stored, one to a line. */
public final class LineJson {
    /** The number of chunks that a part is made of at most. */
    public static final int MAX_CHUNKS = 2000;

    private final long cursor;
    private final int maxBytes;
    private final Buffer json;
    private int ops;
    private long last;

    /**
     * @param cursor ops above this sequence are added
     * @param maxBytes the largest length in bytes, unless a single op is larger
     */
    public LineJson(long cursor, int maxBytes) {
        this.cursor = cursor;
        this.maxBytes = maxBytes;
        this.json = Buffer.buffer(maxBytes);
        this.last = cursor;
    }

    /** Adds the ops of a chunk, as many as have room. Returns whether all had. */
    public boolean add(ChunkHead head, byte[] body) {
        for (int i = head.firstAbove(cursor); i < head.ops(); i++) {
            if (ops > 0 && json.length() + head.length(i) > maxBytes) {
                return false;
            }
            last = head.sequence(i);
            json.appendBytes(body, head.offset(i), head.length(i)).appendByte((byte) '\n');
            ops++;
        }
        return true;
    }

    public ExportChunk end(long head) {
        return new ExportChunk(json.getBytes(), ops, last, head);
    }
}
