package io.verstak.server.account.provider;

import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says of itself (OpenID Connect Discovery 1.0, section 3).
 *
 * @param postsSecret whether the client's secret goes into the form, and not into a header
 * @param namesIssuer whether each answer by way of the browser names its issuer (RFC 9207)
 */
record ProviderMetadata(URI authorization, URI token, URI keys, boolean postsSecret, boolean namesIssuer) {
    private static final String AUTH_METHODS = "token_endpoint_auth_methods_supported";

    /** Returns the address of the document. */
    static URI address(OidcProvider provider) {
        return URI.create(provider.issuer().replaceAll("/+$", "") + "/.well-known/openid-configuration");
    }

    /** @throws ProviderException if it is not this provider's, or lacks what is needed */
    static ProviderMetadata of(OidcProvider provider, JsonObject document) {
        if (!provider.issuer().equals(document.getValue("issuer"))) {
            throw ProviderException.refused("the metadata name another issuer");
        }
        boolean lists = document.getValue(AUTH_METHODS) instanceof JsonArray;
        List<String> methods = strings(document, AUTH_METHODS);
        List<String> challenges = strings(document, "code_challenge_methods_supported");
        if (!challenges.isEmpty() && !challenges.contains("S256")) {
            throw ProviderException.refused("the provider does not support PKCE with S256");
        }
        return new ProviderMetadata(
                endpoint(document, "authorization_endpoint"),
                endpoint(document, "token_endpoint"),
                endpoint(document, "jwks_uri"),
                lists && methods.contains("client_secret_post") && !methods.contains("client_secret_basic"),
                Boolean.TRUE.equals(document.getValue("authorization_response_iss_parameter_supported")));
    }

    private static URI endpoint(JsonObject document, String name) {
        try {
            if (document.getValue(name) instanceof String text) {
                URI uri = new URI(text);
                if (uri.getHost() != null && uri.getRawFragment() == null && OidcProvider.isProtected(uri)) {
                    return uri;
                }
            }
        } catch (URISyntaxException notAnAddress) {
            // Told below.
        }
        throw ProviderException.refused("the metadata have no usable " + name);
    }

    private static List<String> strings(JsonObject document, String name) {
        @Nullable Object value = document.getValue(name);
        return value instanceof JsonArray array
                ? array.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }
}
