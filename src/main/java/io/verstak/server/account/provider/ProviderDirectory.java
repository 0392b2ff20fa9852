package io.verstak.server.account.provider;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.vertx.core.Future;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The metadata and keys of providers, kept for an hour. Each node keeps its own. A provider that does not answer is asked again after
 * 5 s at the earliest; what it said before holds until it answers. Safe for any thread.
 */
final class ProviderDirectory {
    private static final Duration FRESH = Duration.ofHours(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    /** Between two reads of keys because of an unknown one: anybody can send a token that names a key. */
    private static final Duration BETWEEN_KEYS = Duration.ofSeconds(30);

    private final ProviderHttp http;
    private final Clock steady;
    private final Map<String, Cached<ProviderMetadata>> metadata = new ConcurrentHashMap<>();
    private final Map<String, Cached<JWKSet>> keys = new ConcurrentHashMap<>();

    /**
     * What was read, or is being read.
     *
     * @param at when the read began, in milliseconds of the steady clock
     * @param last what an earlier read gave; the same as {@code now} if there was none
     */
    private record Cached<T>(Future<T> now, Future<T> last, long at) {
        Future<T> orLast() {
            return now.recover(failure -> last.succeeded() ? last : Future.failedFuture(failure));
        }

        Future<T> newest() {
            return now.failed() && last.succeeded() ? last : now;
        }
    }

    /** @param steady a clock that is never set */
    ProviderDirectory(ProviderHttp http, Clock steady) {
        this.http = http;
        this.steady = steady;
    }

    Future<ProviderMetadata> metadata(OidcProvider provider) {
        return read(
                metadata,
                provider.issuer(),
                FRESH,
                () -> http.get(ProviderMetadata.address(provider))
                        .map(document -> ProviderMetadata.of(provider, document)));
    }

    /** Returns whether a key of the provider has signed the token; reads the keys again, now and then, if none of the known ones has. */
    Future<Boolean> hasSigned(OidcProvider provider, ProviderMetadata metadata, SignedJWT jwt) {
        return keys(provider, metadata, FRESH)
                .map(known -> IdTokens.isSigned(jwt, known))
                .compose(signed -> signed
                        ? Future.succeededFuture(true)
                        : keys(provider, metadata, BETWEEN_KEYS).map(known -> IdTokens.isSigned(jwt, known)));
    }

    private Future<JWKSet> keys(OidcProvider provider, ProviderMetadata from, Duration fresh) {
        return read(
                keys,
                provider.issuer() + " " + from.keys(),
                fresh,
                () -> http.get(from.keys()).map(document -> parse(document.encode())));
    }

    private static JWKSet parse(String document) {
        try {
            return JWKSet.parse(document);
        } catch (ParseException malformed) {
            throw ProviderException.refused("the provider's keys cannot be read");
        }
    }

    private interface Reader<T> {
        Future<T> read();
    }

    private <T> Future<T> read(Map<String, Cached<T>> cache, String key, Duration fresh, Reader<T> reader) {
        long time = steady.millis();
        return cache.compute(key, (same, held) -> {
                    if (held != null && time - held.at() < (held.now().failed() ? AFTER_FAILURE : fresh).toMillis()) {
                        return held;
                    }
                    Future<T> begun = reader.read();
                    return new Cached<>(begun, held == null ? begun : held.newest(), time);
                })
                .orLast();
    }

    /** Forgets providers that are no longer configured. */
    void keepOnly(List<OidcProvider> configured) {
        List<String> issuers = configured.stream().map(OidcProvider::issuer).toList();
        metadata.keySet().retainAll(issuers);
        keys.keySet().removeIf(key -> !issuers.contains(key.substring(0, key.indexOf(' '))));
    }
}
