package io.verstak.server.http.content;

import java.nio.charset.StandardCharsets;

/** What a browser does with a file, and what it calls it (RFC 6266). */
public final class Disposition {
    /** Of RFC 8187: all other bytes are percent-encoded. */
    private static final String PLAIN = "!#$&+-.^_`|~";

    private static final String HEX = "0123456789ABCDEF";

    private Disposition() {}

    /** The browser saves the file. */
    public static String attachment(String name) {
        return "attachment; " + named(name);
    }

    /** The browser shows the file if it can. */
    public static String inline(String name) {
        return "inline; " + named(name);
    }

    /** A name of ASCII for old programs, and the whole one. Neither can end the header or the quotes. */
    private static String named(String name) {
        StringBuilder ascii = new StringBuilder();
        name.codePoints().forEach(c -> ascii.append(isSafe(c) ? (char) c : '_'));
        return ascii.toString().equals(name)
                ? "filename=\"" + name + '"'
                : "filename=\"%s\"; filename*=UTF-8''%s".formatted(ascii, encoded(name));
    }

    private static boolean isSafe(int c) {
        return c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '%';
    }

    private static String encoded(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            boolean plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            if (plain || PLAIN.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
            }
        }
        return encoded.toString();
    }
}
