package io.verstak.server.http.core;

/** One spelling for the spellings of a path that mean the same (RFC 3986, section 6.2.2). */
public final class RequestPath {
    private static final int ESCAPE = 3;
    private static final int HEX = 16;
    private static final int LOWER_CASE = 0x20;

    private RequestPath() {}

    /**
     * The path with each row of slashes as one, as a base address with a slash at its end makes them, and without escapes of
     * letters that need none. Segments of dots stay: a route says what they mean to it.
     */
    public static String normal(String path) {
        if (path.indexOf('%') < 0 && !path.contains("//")) {
            return path;
        }
        StringBuilder normal = new StringBuilder(path.length());
        for (int at = 0; at < path.length(); ) {
            int plain = unreserved(path, at);
            char c = plain < 0 ? path.charAt(at) : (char) plain;
            boolean repeated = c == '/' && !normal.isEmpty() && normal.charAt(normal.length() - 1) == '/';
            if (!repeated) {
                normal.append(c);
            }
            at += plain < 0 ? 1 : ESCAPE;
        }
        return normal.toString();
    }

    /** The letter that is escaped there without need; -1: none. */
    private static int unreserved(String path, int at) {
        if (path.charAt(at) != '%' || at + ESCAPE > path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), HEX);
        int low = Character.digit(path.charAt(at + 2), HEX);
        int octet = high * HEX + low;
        boolean letter = high >= 0 && low >= 0 && isUnreserved((char) octet);
        return letter ? octet : -1;
    }

    private static boolean isUnreserved(char c) {
        boolean letter = (c | LOWER_CASE) >= 'a' && (c | LOWER_CASE) <= 'z';
        boolean digit = c >= '0' && c <= '9';
        return letter || digit || "-._~".indexOf(c) >= 0;
    }
}
