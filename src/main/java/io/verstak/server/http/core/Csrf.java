package io.verstak.server.http.core;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prevents other sites from acting in a user's name: a change must come from a page of this server and show the random
 * value of a cookie that only such a page knows.
 */
public final class Csrf {
    public static final String FIELD = "csrf_token";
    public static final String HEADER = "X-CSRF-Token";

    private static final String DRAWN = "csrf.drawn";
    private static final int BYTES = 32;

    private final Cookies cookies;
    private final Origins origins;
    private final SecureRandom random = new SecureRandom();

    public Csrf(Cookies cookies, Origins origins) {
        this.cookies = cookies;
        this.origins = origins;
    }

    /** Returns the value for the forms of a page; creates it and sets the cookie if there is none yet. */
    public String token(RoutingContext context) {
        return held(context).orElseGet(() -> {
            @Nullable String drawn = context.get(DRAWN);
            if (drawn == null) {
                byte[] bytes = new byte[BYTES];
                random.nextBytes(bytes);
                drawn = HexFormat.of().formatHex(bytes);
                context.put(DRAWN, drawn);
                cookies.put(context, Cookies.CSRF, drawn);
            }
            return drawn;
        });
    }

    /** Refuses with {@code CSRF_INVALID} unless the request comes from a page of this server, as far as the browser reports it. */
    public void requireOwnPage(RoutingContext context) {
        if (!origins.own(context)) {
            throw new ServerException(ErrorCode.CSRF_INVALID);
        }
    }

    /** Refuses with {@code CSRF_INVALID} unless a field, or else the header, shows the value of the cookie. */
    public void requireToken(RoutingContext context, String field) {
        @Nullable String header = context.request().getHeader(HEADER);
        String shown = field.isEmpty() && header != null ? header : field;
        boolean right = held(context)
                .map(value -> MessageDigest.isEqual(bytes(value), bytes(shown)))
                .orElse(false);
        if (!right) {
            throw new ServerException(ErrorCode.CSRF_INVALID);
        }
    }

    /** Returns a value that this server could have created; anything else counts as missing. */
    private static Optional<String> held(RoutingContext context) {
        return Cookies.read(context, Cookies.CSRF).filter(value -> value.matches("[0-9a-f]{64}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
