package io.verstak.server.http.core;

import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells browsers apart by a random cookie, so that a sign-in from one that has not been used before can be told to its person. The cookie
 * proves nothing, and is set only with a session.
 */
public final class Browsers {
    private static final Pattern VALUE = Pattern.compile("[0-9a-f]{64}");
    private static final int BYTES = 32;
    private static final String NEW = "browser";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Browsers() {}

    /** Returns what the cookie holds; the same new value for all of a request that brings none. */
    public static String of(RoutingContext context) {
        return Cookies.read(context, Cookies.BROWSER)
                .filter(value -> VALUE.matcher(value).matches())
                .orElseGet(() -> made(context));
    }

    private static String made(RoutingContext context) {
        @Nullable String before = context.get(NEW);
        if (before != null) {
            return before;
        }
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        String value = HexFormat.of().formatHex(bytes);
        context.put(NEW, value);
        return value;
    }
}
