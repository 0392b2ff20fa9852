package io.verstak.server.storage.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.verstak.server.domain.ExportChunk;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds the answer to a pull from ops that are stored as they are sent. */
public final class PageJson {
    private static final byte[] BEGIN = ascii("{\"ops\":[");
    private static final byte[] COMMA = {','};

    /** More pieces cost more to send than a copy. */
    private static final int MOST_SHARED = 16;

    private final int maxOps;
    private final int maxBytes;
    private final List<Slice> slices = new ArrayList<>();
    private int ops;
    private int length = BEGIN.length;
    private long last;

    /** Ops of one chunk that follow one another. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record Slice(byte[] body, int from, int length) {}

    /**
     * @param maxOps the largest number of ops
     * @param maxBytes the largest length of the answer in bytes, unless a single op is larger
     */
    public PageJson(int maxOps, int maxBytes) {
        this.maxOps = maxOps;
        this.maxBytes = maxBytes;
    }

    /** Adds the ops of a chunk above a cursor, as many as have room. Returns whether all had. */
    public boolean add(ChunkHead head, byte[] body, long cursor) {
        int first = head.firstAbove(cursor);
        int from = head.offset(first);
        int end = from;
        int next = first;
        while (next < head.ops()
                && ops < maxOps
                && (ops == 0 || length + (end - from) + 1 + head.length(next) <= maxBytes)) {
            end += head.length(next) + 1;
            last = head.sequence(next);
            next++;
            ops++;
        }
        if (next > first) {
            slices.add(new Slice(body, from, end - 1 - from));
            length += end - from;
        }
        return next == head.ops();
    }

    public int ops() {
        return ops;
    }

    /** Returns the sequence of the last op. */
    public long last() {
        return last;
    }

    public Buffer end(long head, long pageLast, boolean more, String logId, boolean gap) {
        byte[] end = ascii("],\"server_sequence\":" + head + ",\"page_last_sequence\":" + pageLast + ",\"has_more\":"
                + more + ",\"log_id\":\"" + logId + (gap ? "\",\"gap\":true}" : "\"}"));
        return BufferInternal.buffer(isShareable() ? shared(end) : copied(end));
    }

    /**
     * Returns whether the page may be made of the chunks' own bytes, without a copy: it has few of them, and they have hardly
     * more than it needs, since all of their memory stays until the page is sent.
     */
    private boolean isShareable() {
        return slices.size() <= MOST_SHARED
                && slices.stream().allMatch(slice -> slice.length() >= slice.body().length / 8 * 7);
    }

    private ByteBuf shared(byte[] end) {
        List<ByteBuf> parts = new ArrayList<>();
        parts.add(Unpooled.wrappedBuffer(BEGIN));
        for (Slice slice : slices) {
            if (parts.size() > 1) {
                parts.add(Unpooled.wrappedBuffer(COMMA));
            }
            parts.add(Unpooled.wrappedBuffer(slice.body(), slice.from(), slice.length()));
        }
        parts.add(Unpooled.wrappedBuffer(end));
        return Unpooled.wrappedBuffer(parts.size(), parts.toArray(ByteBuf[]::new));
    }

    private ByteBuf copied(byte[] end) {
        byte[] json = new byte[length + end.length];
        int at = append(json, 0, BEGIN, 0, BEGIN.length);
        for (Slice slice : slices) {
            if (at > BEGIN.length) {
                json[at++] = ',';
            }
            at = append(json, at, slice.body(), slice.from(), slice.length());
        }
        at = append(json, at, end, 0, end.length);
        return Unpooled.wrappedBuffer(json, 0, at);
    }

    private static int append(byte[] json, int at, byte[] bytes, int from, int length) {
        System.arraycopy(bytes, from, json, at, length);
        return at + length;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Builds a part of an export: ops as they are stored, one to a line. */
    public static final class Lines {
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
        public Lines(long cursor, int maxBytes) {
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
}
