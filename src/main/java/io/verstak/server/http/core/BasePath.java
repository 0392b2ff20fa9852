package io.verstak.server.http.core;

import java.util.function.Supplier;

/**
 * The path of {@code http.publicUrl}, below which people reach the server; empty at the root. Routes and pages use paths
 * below it: it is removed from each request that arrives and put before each address that is sent. Safe for any thread.
 */
public final class BasePath {
    private final Supplier<String> publicUrl;
    private volatile Known known = new Known("", "");

    private record Known(String publicUrl, String path) {}

    /** @param publicUrl asked for each request, so that a public address that an administrator sets holds at once */
    public BasePath(Supplier<String> publicUrl) {
        this.publicUrl = publicUrl;
    }

    /** The path as it holds now, without a slash at its end. */
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
        return path < 0 ? "" : RequestPath.normal(url.substring(path)).replaceAll("/$", "");
    }

    /** The address of a path of this server, from its host's root: for links, redirects and {@code Location}. */
    public String url(String path) {
        return now() + path;
    }

    /** A path that was asked for, below the base path. A proxy may have taken that off already: then it is as it came. */
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
}
