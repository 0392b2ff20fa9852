package io.verstak.server.http.transport;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Tells from the beginning of a head that cannot be read whether a browser or a program has sent it. */
final class PageTarget {
    private static final int LOOKED_AT = 256;

    private PageTarget() {}

    /**
     * Whether the head at the buffer's reader index asks for a path outside of {@code /api/} and {@code /admin/api/}. Where
     * that is in doubt it does not: programs cannot read a page.
     */
    static boolean isIn(ByteBuf head) {
        int length = Math.min(LOOKED_AT, head.readableBytes());
        String begin = head.toString(head.readerIndex(), length, StandardCharsets.ISO_8859_1);
        int target = begin.indexOf(' ') + 1;
        return target > 0 && begin.startsWith("/", target) && !begin.contains("api/");
    }
}
