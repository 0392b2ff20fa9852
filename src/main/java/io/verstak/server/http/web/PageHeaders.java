package io.verstak.server.http.web;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/** The security headers of every page: browsers load nothing but this server's own files. */
final class PageHeaders {
    private static final String CONTENT_SECURITY_POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            // The browser's viewer of a PDF; nothing else of this server may be framed.
            "frame-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'");

    private static final Map<CharSequence, CharSequence> FIELDS = Map.of(
            HttpHeaders.createOptimized("Content-Security-Policy"),
            HttpHeaders.createOptimized(CONTENT_SECURITY_POLICY),
            HttpHeaders.createOptimized("X-Content-Type-Options"),
            HttpHeaders.createOptimized("nosniff"),
            // Not "no-referrer": with that, browsers send the forms of these pages with "Origin: null".
            HttpHeaders.createOptimized("Referrer-Policy"),
            HttpHeaders.createOptimized("same-origin"),
            HttpHeaders.createOptimized("Permissions-Policy"),
            HttpHeaders.createOptimized("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            HttpHeaders.createOptimized("Cross-Origin-Opener-Policy"),
            HttpHeaders.createOptimized("same-origin"),
            HttpHeaders.createOptimized("Cross-Origin-Resource-Policy"),
            HttpHeaders.createOptimized("same-origin"),
            // Each page carries a token for its forms.
            HttpHeaders.CACHE_CONTROL,
            HttpHeaders.createOptimized("no-store"));

    private static final CharSequence ONE_YEAR = HttpHeaders.createOptimized("max-age=31536000");

    private PageHeaders() {}

    static void put(HttpServerResponse response, boolean https) {
        MultiMap headers = response.headers();
        FIELDS.forEach(headers::set);
        if (https) {
            headers.set("Strict-Transport-Security", ONE_YEAR);
        }
    }
}
