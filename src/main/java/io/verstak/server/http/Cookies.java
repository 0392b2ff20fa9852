package io.verstak.server.http;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of the pages. On https each is {@code Secure} and carries the prefix {@code __Host-}, with which the browser
 * itself sees to it that no other host has set it (RFC 6265bis, section 4.1.3.2). No script can read any.
 */
public final class Cookies {
    public static final String USER_SESSION = "user_session";
    public static final String ADMIN_SESSION = "admin_session";
    public static final String CSRF = "csrf_token";
    public static final String LANGUAGE = "lang";
    public static final String FLASH = "flash";

    private static final String PREFIX = "__Host-";

    /** How long browsers keep each; what a session is worth is for the server to say. */
    private static final Map<String, Duration> AGES = Map.of(
            USER_SESSION, Duration.ofDays(1),
            ADMIN_SESSION, Duration.ofDays(1),
            CSRF, Duration.ofDays(30),
            LANGUAGE, Duration.ofDays(365),
            FLASH, Duration.ofMinutes(1));

    private final Origins origins;

    public Cookies(Origins origins) {
        this.origins = origins;
    }

    /** The cookie's value, under its name on https or the plain one. */
    public static Optional<String> read(RoutingContext context, String name) {
        for (String candidate : List.of(PREFIX + name, name)) {
            @Nullable Cookie cookie = context.request().getCookie(candidate);
            if (cookie != null && !cookie.getValue().isEmpty()) {
                return Optional.of(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    /** Sets a cookie for the whole server. */
    public void put(RoutingContext context, String name, String value) {
        boolean https = origins.https(context);
        Duration age = AGES.getOrDefault(name, Duration.ZERO);
        context.response().addCookie(cookie(https ? PREFIX + name : name, value, https, age));
    }

    /** Makes the browser forget a cookie, under whichever name it has it. */
    public void drop(RoutingContext context, String name) {
        HttpServerRequest request = context.request();
        for (String candidate : List.of(PREFIX + name, name)) {
            if (request.getCookie(candidate) != null) {
                boolean https = candidate.startsWith(PREFIX);
                context.response().addCookie(cookie(candidate, "", https, Duration.ZERO));
            }
        }
    }

    private static Cookie cookie(String name, String value, boolean https, Duration age) {
        // An administrator comes from a bookmark or types the address; a user may well follow a link in a mail.
        boolean strict = name.endsWith(ADMIN_SESSION);
        return Cookie.cookie(name, value)
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(https)
                .setSameSite(strict ? CookieSameSite.STRICT : CookieSameSite.LAX)
                .setMaxAge(age.toSeconds());
    }
}
