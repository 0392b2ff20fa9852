package io.verstak.server.http.server;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The id that client, proxy and log share for a request. */
final class RequestId {
    static final String HEADER = "X-Request-Id";

    /** Accepted ids of proxies and clients: UUIDs, hex, base64url. Nothing that could be confused in a log. */
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9_-]{8,64}");

    private RequestId() {}

    /** Returns the id of the request if it is well-formed, or a new one. Not a secret. */
    static String of(@Nullable String given) {
        return given != null && WELL_FORMED.matcher(given).matches() ? given : fresh();
    }

    private static String fresh() {
        String hex = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return "0".repeat(16 - hex.length()) + hex;
    }
}
