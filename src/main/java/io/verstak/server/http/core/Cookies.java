package io.verstak.server.http.core;

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
 * The cookies of the pages. On https each is {@code Secure} and has a prefix, so that browsers reject one that another host
 * sets (RFC 6265bis, section 4.1.3): {@code __Host-}, which requires the root as its path, or below a base path {@code
 * __Secure-} with that path. Scripts cannot read them.
 */
public final class Cookies {
    public static final String USER_SESSION = "user_session";
    public static final String ADMIN_SESSION = "admin_session";
    public static final String CSRF = "csrf_token";
    public static final String LANGUAGE = "lang";
    public static final String THEME = "theme";
    public static final String FLASH = "flash";
    public static final String SHOWN_ONCE = "shown_once";
    public static final String BROWSER = "browser";

    /** What the answer of a provider is compared with. */
    public static final String PROVIDER = "provider_sign_in";

    private static final String AT_ROOT = "__Host-";
    private static final String BELOW_PATH = "__Secure-";
    private static final String ROOT = "/";
    private static final String COUNTING = "cookies.counting";
    private static final List<String> PREFIXES = List.of(AT_ROOT, BELOW_PATH, "");

    /** How long browsers keep each; the server decides how long a session is valid. */
    private static final Map<String, Duration> AGES = Map.of(
            USER_SESSION, Duration.ofDays(1),
            ADMIN_SESSION, Duration.ofDays(1),
            CSRF, Duration.ofDays(30),
            LANGUAGE, Duration.ofDays(365),
            THEME, Duration.ofDays(365),
            FLASH, Duration.ofMinutes(1),
            SHOWN_ONCE, Duration.ofMinutes(1),
            BROWSER, Duration.ofDays(400),
            PROVIDER, Duration.ofMinutes(10));

    private final Origins origins;
    private final BasePath base;

    public Cookies(Origins origins, BasePath base) {
        this.origins = origins;
        this.base = base;
    }

    /**
     * Decides which names count for a request, before any cookie is read. A browser on https is believed no name that another host or a
     * plain connection could have set: somebody else's session would be as good as the own one. Names from before the public address was
     * https count where it is not used yet, which browsers show by sending no {@code Sec-Fetch-Site} (Fetch Metadata, section 3).
     */
    public void begin(RoutingContext context) {
        if (origins.https(context) && context.request().headers().contains("Sec-Fetch-Site")) {
            context.put(COUNTING, base.now().isEmpty() ? List.of(AT_ROOT) : List.of(AT_ROOT, BELOW_PATH));
        }
    }

    /** Returns the cookie's value, under its name on https or the plain one. */
    public static Optional<String> read(RoutingContext context, String name) {
        List<String> prefixes = context.get(COUNTING, PREFIXES);
        for (String prefix : prefixes) {
            @Nullable Cookie cookie = context.request().getCookie(prefix + name);
            if (cookie != null && !cookie.getValue().isEmpty()) {
                return Optional.of(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    /** Sets a cookie for the whole server. */
    public void put(RoutingContext context, String name, String value) {
        String path = base.now();
        String prefix = !origins.https(context) ? "" : path.isEmpty() ? AT_ROOT : BELOW_PATH;
        Duration age = AGES.getOrDefault(name, Duration.ZERO);
        context.response().addCookie(cookie(prefix + name, value, path, age));
    }

    /** Deletes a cookie in the browser, under each of its names, and from before the base path changed. */
    public void drop(RoutingContext context, String name) {
        HttpServerRequest request = context.request();
        for (String prefix : PREFIXES) {
            if (request.getCookie(prefix + name) != null) {
                context.response().addCookie(cookie(prefix + name, "", ROOT, Duration.ZERO));
                if (!prefix.equals(AT_ROOT) && !base.now().isEmpty()) {
                    context.response().addCookie(cookie(prefix + name, "", base.now(), Duration.ZERO));
                }
            }
        }
    }

    private static Cookie cookie(String name, String value, String path, Duration age) {
        // Administrators use a bookmark or type the address; users often follow a link in a mail.
        boolean strict = name.endsWith(ADMIN_SESSION) || name.endsWith(SHOWN_ONCE);
        return Cookie.cookie(name, value)
                .setPath(path.isEmpty() ? ROOT : path)
                .setHttpOnly(true)
                .setSecure(name.startsWith(AT_ROOT) || name.startsWith(BELOW_PATH))
                .setSameSite(strict ? CookieSameSite.STRICT : CookieSameSite.LAX)
                .setMaxAge(age.toSeconds());
    }
}
