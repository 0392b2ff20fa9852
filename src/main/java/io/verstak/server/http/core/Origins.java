package io.verstak.server.http.core;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Determines how a browser reached the server, and whether a page of this server made the request. */
public final class Origins {
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private final Supplier<String> publicUrl;
    private final TrustedProxies proxies;

    public Origins(Supplier<String> publicUrl, TrustedProxies proxies) {
        this.publicUrl = publicUrl;
        this.proxies = proxies;
    }

    /** Returns whether people use https, according to the public address or the proxy. */
    public boolean https(RoutingContext context) {
        return publicUrl.get().startsWith("https://")
                || "https".equalsIgnoreCase(forwarded(context.request(), "X-Forwarded-Proto"));
    }

    /** Returns the server's address as people type it: the public one, or else the one of this request. */
    public String address(RoutingContext context) {
        String configured = publicUrl.get();
        @Nullable String host = forwarded(context.request(), "X-Forwarded-Host");
        return configured.isEmpty()
                ? "%s://%s"
                        .formatted(
                                https(context) ? "https" : "http",
                                host == null ? String.valueOf(context.request().getHeader(HttpHeaders.HOST)) : host)
                : configured.replaceAll("/+$", "");
    }

    /**
     * Returns whether the request comes from a page of this server, as far as the browser reports it ({@code
     * Sec-Fetch-Site}, {@code Origin}; RFC 6454, section 7). A client that sends neither is not a current browser and
     * is admitted: it cannot know the token.
     */
    boolean own(RoutingContext context) {
        HttpServerRequest request = context.request();
        @Nullable String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !OWN_SITE.contains(site)) {
            return false;
        }
        @Nullable String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return true;
        }
        String authority = authority(origin);
        return !authority.isEmpty()
                && (authority.equals(lowerCase(request.getHeader(HttpHeaders.HOST)))
                        || authority.equals(lowerCase(forwarded(request, "X-Forwarded-Host")))
                        || authority.equals(authority(publicUrl.get())));
    }

    /** Returns the value sent by a trusted proxy; null if there is none. */
    private @Nullable String forwarded(HttpServerRequest request, String header) {
        @Nullable String value = request.getHeader(header);
        if (value == null) {
            return null;
        }
        String connection = request.remoteAddress().hostAddress();
        return proxies.contains(NetUtil.createInetAddressFromIpAddressString(connection))
                ? value.split(",", 2)[0].strip()
                : null;
    }

    private static String authority(String url) {
        try {
            return lowerCase(URI.create(url).getRawAuthority());
        } catch (IllegalArgumentException noUrl) {
            return "";
        }
    }

    private static String lowerCase(@Nullable String text) {
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }
}
