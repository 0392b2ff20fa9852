package io.verstak.server.http.core;

/** Restricts redirects to paths on this server. */
public final class LocalPath {
    private static final int MAX_LENGTH = 512;

    private LocalPath() {}

    /**
     * Returns the path, or the fallback if it could lead to another host: browsers treat {@code //host} and {@code
     * /\host} as addresses, and remove tabs and line breaks first.
     */
    public static String orElse(String path, String otherwise) {
        boolean local = path.startsWith("/")
                && !path.startsWith("//")
                && path.length() <= MAX_LENGTH
                && path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\');
        return local ? path : otherwise;
    }
}
