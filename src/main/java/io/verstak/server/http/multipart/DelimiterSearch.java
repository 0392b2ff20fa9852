package io.verstak.server.http.multipart;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
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
        if (!bytes.hasArray()) {
            return find(ByteBufUtil.getBytes(bytes, 0, to), from, to);
        }
        // Each access through the buffer would check its bounds and reference count, which is half of the search's
        // time.
        int offset = bytes.arrayOffset();
        int found = find(bytes.array(), offset + from, offset + to);
        return found < 0 ? found : found - offset;
    }

    private int find(byte[] bytes, int from, int to) {
        int last = delimiter.length - 1;
        for (int at = from; at + last < to; ) {
            byte end = bytes[at + last];
            if (end == delimiter[last] && matches(bytes, at)) {
                return at;
            }
            at += shift[end & 0xff];
        }
        return -1;
    }

    private boolean matches(byte[] bytes, int at) {
        return Arrays.equals(bytes, at, at + delimiter.length, delimiter, 0, delimiter.length);
    }
}
