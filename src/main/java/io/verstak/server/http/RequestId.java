package io.verstak.server.http;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The name by which client, proxy and log speak of one request. */
final class RequestId {
    static final String HEADER = "X-Request-Id";

    /** What a proxy or a client makes up: UUIDs, hex, base64url. Nothing that could be mistaken for anything else in a log. */
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9_-]{8,64}");

    private RequestId() {}

    /** The one that came with the request if it is well-formed, or else a new one. Not a secret. */
    static String of(@Nullable String given) {
        return given != null && WELL_FORMED.matcher(given).matches() ? given : fresh();
    }

    private static String fresh() {
        String hex = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return "0".repeat(16 - hex.length()) + hex;
    }
}
