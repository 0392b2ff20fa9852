package io.verstak.server.http.multipart;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Finds a delimiter by looking at about one byte in as many as the delimiter is long: R. N. Horspool, "Practical fast
 * searching in strings", Software: Practice and Experience 10 (1980).
 */
final class DelimiterSearch {
    private static final int BYTE_VALUES = 256;

    private final byte[] delimiter;
    private final int[] shift = new int[BYTE_VALUES];

    DelimiterSearch(byte[] delimiter) {
        this.delimiter = delimiter;
        Arrays.fill(shift, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) {
            shift[delimiter[i] & 0xff] = delimiter.length - 1 - i;
        }
    }

    /** Returns where the first complete delimiter in {@code [from, to)} begins, or -1. */
    int find(ByteBuf bytes, int from, int to) {
        // Each access through the ByteBuf would check its bounds and reference count, which is half of the search's
        // time.
        ByteBuffer searched = bytes.nioBuffer(0, to);
        int last = delimiter.length - 1;
        for (int at = from; at + last < to; ) {
            byte end = searched.get(at + last);
            if (end == delimiter[last] && matches(searched, at)) {
                return at;
            }
            at += shift[end & 0xff];
        }
        return -1;
    }

    private boolean matches(ByteBuffer bytes, int at) {
        return ByteBuffer.wrap(delimiter).equals(bytes.slice(at, delimiter.length));
    }
}
