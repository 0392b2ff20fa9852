package io.verstak.server.http;

import io.netty.util.NetUtil;
import io.verstak.server.account.TrustedProxies;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a browser has reached the server, and whether one of the server's own pages made it send a request. */
public final class Origins {
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private final Supplier<String> publicUrl;
    private final TrustedProxies proxies;

    public Origins(Supplier<String> publicUrl, TrustedProxies proxies) {
        this.publicUrl = publicUrl;
        this.proxies = proxies;
    }

    /** Whether people use https: the public address says so, or the proxy in front does. */
    public boolean https(RoutingContext context) {
        return publicUrl.get().startsWith("https://")
                || "https".equalsIgnoreCase(forwarded(context.request(), "X-Forwarded-Proto"));
    }

    /** The server's address as people type it: the public one, or else the one that this reader has used. */
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
     * Whether the request comes from a page of this server, as far as the browser tells ({@code Sec-Fetch-Site},
     * {@code Origin}; RFC 6454, section 7). A client that tells neither is no browser of these years, and is believed: what
     * it cannot know is the token.
     */
    public boolean own(RoutingContext context) {
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

    /** What a trusted proxy says; null when there is none, or when it says nothing. */
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
