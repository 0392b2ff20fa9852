package io.verstak.server.http;

/** Where a redirect may lead: a path on this server, and never another host. */
public final class LocalPath {
    private static final int MAX_LENGTH = 512;

    private LocalPath() {}

    /**
     * The path, or the other one when it could lead elsewhere: browsers take {@code //host} and {@code /\host} for an
     * address, and drop tabs and line breaks before they look.
     */
    public static String orElse(String path, String otherwise) {
        boolean local = path.startsWith("/")
                && !path.startsWith("//")
                && path.length() <= MAX_LENGTH
                && path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\');
        return local ? path : otherwise;
    }
}
