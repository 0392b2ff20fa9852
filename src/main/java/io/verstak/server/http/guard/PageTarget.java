package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Guesses from the beginning of an unreadable head whether a browser or a program sent it. */
final class PageTarget {
    private static final int LOOKED_AT = 256;

    private PageTarget() {}

    /**
     * Returns whether the head at the buffer's reader index requests a path outside of {@code /api/} and {@code
     * /admin/api/}. False when in doubt: programs cannot read a page.
     */
    static boolean isIn(ByteBuf head) {
        int length = Math.min(LOOKED_AT, head.readableBytes());
        String begin = head.toString(head.readerIndex(), length, StandardCharsets.ISO_8859_1);
        int target = begin.indexOf(' ') + 1;
        return target > 0 && begin.startsWith("/", target) && !begin.contains("api/");
    }
}
