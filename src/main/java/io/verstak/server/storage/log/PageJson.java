package io.verstak.server.storage.log;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds the answer to a pull from ops that are stored as they are sent. */
public final class PageJson {
    private static final byte[] BEGIN = ascii("{\"ops\":[");
    private static final byte[] SEQUENCE = ascii("{\"server_sequence\":");

    /** A comma before the op, one before its members, the brace after them, and up to 19 digits. */
    private static final int PER_OP = SEQUENCE.length + 22;

    private final List<byte[]> ops = new ArrayList<>();
    private final List<Long> sequences = new ArrayList<>();
    private int length = BEGIN.length;
    private long last;

    /** @param members the members of the op's object, without its sequence */
    public void add(long sequence, byte[] members) {
        ops.add(members);
        sequences.add(sequence);
        length += PER_OP + members.length;
        last = sequence;
    }

    public int ops() {
        return ops.size();
    }

    /** Returns an upper bound of the answer's length so far, in bytes. */
    public int bytes() {
        return length;
    }

    /** Returns the sequence of the last op. */
    public long last() {
        return last;
    }

    public Buffer end(long head, long pageLast, boolean more, String logId, boolean gap) {
        byte[] end = ascii("],\"server_sequence\":" + head + ",\"page_last_sequence\":" + pageLast + ",\"has_more\":"
                + more + ",\"log_id\":\"" + logId + (gap ? "\",\"gap\":true}" : "\"}"));
        byte[] json = new byte[length + end.length];
        int at = append(json, 0, BEGIN);
        for (int i = 0; i < ops.size(); i++) {
            if (i > 0) {
                json[at++] = ',';
            }
            at = append(json, at, SEQUENCE);
            at = appendNumber(json, at, sequences.get(i));
            json[at++] = ',';
            at = append(json, at, ops.get(i));
            json[at++] = '}';
        }
        at = append(json, at, end);
        return BufferInternal.buffer(Unpooled.wrappedBuffer(json, 0, at));
    }

    private static int append(byte[] json, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, json, at, bytes.length);
        return at + bytes.length;
    }

    private static int appendNumber(byte[] json, int at, long number) {
        return append(json, at, ascii(Long.toString(number)));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
