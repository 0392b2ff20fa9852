package io.verstak.server.account.provider;

import com.nimbusds.jwt.SignedJWT;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.SecretFile;
import io.verstak.server.domain.SteadyClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1). Keeps nothing of a sign-in, and no
 * token that a provider gives. Futures fail with {@link ProviderException}.
 */
final class ProviderClient {
    private static final int MAX_CODE = 4096;
    private static final int SERVER_ERROR = 500;
    private static final int TOO_MANY = 429;

    private final Vertx vertx;
    private final ProviderHttp http;
    private final ProviderDirectory directory;
    private final IdTokens tokens;

    ProviderClient(Vertx vertx, Clock clock) {
        this(vertx, clock, ProviderHttp.WHOLE);
    }

    /** @param patience how long an answer may take */
    ProviderClient(Vertx vertx, Clock clock, Duration patience) {
        this.vertx = vertx;
        http = new ProviderHttp(vertx, patience);
        directory = new ProviderDirectory(http, SteadyClock.of(clock));
        tokens = new IdTokens(clock);
    }

    /**
     * Returns where to send the browser.
     *
     * @param redirect where the provider sends it back to
     */
    Future<String> authorizationUrl(OidcProvider provider, Attempt attempt, String redirect) {
        return directory.metadata(provider).map(metadata -> {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("response_type", "code");
            query.put("client_id", provider.clientId());
            query.put("redirect_uri", redirect);
            query.put("scope", String.join(" ", provider.scopes()));
            query.put("state", attempt.state());
            query.put("nonce", attempt.nonce());
            query.put("code_challenge", attempt.challenge());
            query.put("code_challenge_method", "S256");
            if (attempt.purpose().confirms()) {
                query.put("prompt", "login");
                query.put("max_age", "0");
            }
            String address = metadata.authorization().toString();
            return address + (address.contains("?") ? "&" : "?") + form(query);
        });
    }

    /** Exchanges the code for an ID token and checks it. */
    Future<IdClaims> exchange(OidcProvider provider, Attempt attempt, String code, String issuer, String redirect) {
        if (code.isEmpty() || code.length() > MAX_CODE) {
            return Future.failedFuture(ProviderException.refused("the answer has no usable code"));
        }
        return directory.metadata(provider).compose(metadata -> {
            if (issuer.isEmpty() ? metadata.namesIssuer() : !issuer.equals(provider.issuer())) {
                return Future.failedFuture(ProviderException.refused("the answer is another issuer's"));
            }
            return secret(provider)
                    .compose(secret -> redeem(provider, metadata, secret, attempt, code, redirect))
                    .map(IdTokens::parse)
                    .compose(jwt -> check(provider, metadata, jwt, attempt));
        });
    }

    private Future<IdClaims> check(OidcProvider provider, ProviderMetadata metadata, SignedJWT jwt, Attempt attempt) {
        return directory.hasSigned(provider, metadata, jwt).map(signed -> {
            if (!signed) {
                throw ProviderException.refused("no key of the provider has signed the ID token");
            }
            return tokens.check(provider, jwt, attempt.nonce());
        });
    }

    /** Reads the secret each time, so that a new one needs no restart. */
    private Future<String> secret(OidcProvider provider) {
        String file = provider.clientSecretFile();
        return file.isEmpty()
                ? Future.succeededFuture("")
                : vertx.executeBlocking(() -> SecretFile.read("clientSecretFile of " + provider.id(), file), false)
                        .recover(failure -> Future.failedFuture(
                                failure instanceof ConfigException unreadable
                                        ? ProviderException.unreachable(String.join("; ", unreadable.lines()))
                                        : failure));
    }

    private Future<String> redeem(
            OidcProvider provider,
            ProviderMetadata metadata,
            String secret,
            Attempt attempt,
            String code,
            String redirect) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("grant_type", "authorization_code");
        fields.put("code", code);
        fields.put("redirect_uri", redirect);
        fields.put("code_verifier", attempt.verifier());
        Map<String, String> headers = Map.of();
        if (secret.isEmpty() || metadata.postsSecret()) {
            fields.put("client_id", provider.clientId());
            if (!secret.isEmpty()) {
                fields.put("client_secret", secret);
            }
        } else {
            headers = Map.of("Authorization", basic(provider.clientId(), secret));
        }
        return http.post(metadata.token(), headers, Buffer.buffer(form(fields))).map(ProviderClient::idToken);
    }

    private static String idToken(ProviderHttp.Answer answer) {
        if (answer.status() >= SERVER_ERROR || answer.status() == TOO_MANY) {
            throw ProviderException.unreachable("the token endpoint answers " + answer.status());
        }
        if (!answer.isOk()) {
            String error = answer.body().getValue("error") instanceof String text
                    ? text.replaceAll("[^A-Za-z0-9_.-]", "?")
                    : "";
            throw ProviderException.refused("the token endpoint answers %s %s"
                    .formatted(answer.status(), error.substring(0, Math.min(error.length(), 80))));
        }
        if (answer.body().getValue("id_token") instanceof String token && token.length() <= IdTokens.MAX_LENGTH) {
            return token;
        }
        throw ProviderException.refused("the token endpoint gives no ID token");
    }

    /** RFC 6749, section 2.3.1: both are encoded as in a form first. */
    private static String basic(String clientId, String secret) {
        String both = encode(clientId) + ":" + encode(secret);
        return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Forgets providers that are no longer configured. */
    void keepOnly(List<OidcProvider> configured) {
        directory.keepOnly(configured);
    }

    Future<Void> close() {
        return http.close();
    }
}
