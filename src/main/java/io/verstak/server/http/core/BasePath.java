package io.verstak.server.http.core;

import java.util.function.Supplier;

/**
 * The path of {@code http.publicUrl}, below which people reach the server; empty at the root. Routes and pages use paths
 * below it: it is removed from each request that arrives and put before each address that is sent. Safe for any thread.
 */
public final class BasePath {
    private static final int ESCAPE = 3;
    private static final int HEX = 16;
    private static final int LOWER_CASE = 0x20;

    private final Supplier<String> publicUrl;
    private volatile Known known = new Known("", "");

    private record Known(String publicUrl, String path) {}

    /** @param publicUrl read for each request, so that a new public address holds at once */
    public BasePath(Supplier<String> publicUrl) {
        this.publicUrl = publicUrl;
    }

    /** Returns the current path, without a slash at its end. */
    public String now() {
        String url = publicUrl.get();
        Known last = known;
        if (!last.publicUrl().equals(url)) {
            last = new Known(url, pathOf(url));
            known = last;
        }
        return last.path();
    }

    private static String pathOf(String url) {
        int path = url.indexOf('/', url.indexOf("://") + "://".length());
        return path < 0 ? "" : normal(url.substring(path)).replaceAll("/$", "");
    }

    /** Returns the address of a path of this server, from the root of its host: for links, redirects and {@code Location}. */
    public String url(String path) {
        return now() + path;
    }

    /** Removes the base path from a requested path. Returns the path unchanged if a proxy has removed it already. */
    public String strip(String path) {
        String base = now();
        boolean below = path.startsWith(base)
                && !base.isEmpty()
                && (path.length() == base.length() || path.charAt(base.length()) == '/');
        if (!below) {
            return path;
        }
        return path.length() == base.length() ? "/" : path.substring(base.length());
    }

    /**
     * Returns one spelling for all spellings of a path that mean the same (RFC 3986, section 6.2.2): each row of slashes as
     * one, and no escapes of letters that need none. Segments of dots stay: each route decides about them.
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

    /** Returns the letter that is escaped there without need; -1: none. */
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
