package io.verstak.server.auth.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Caches the identities of tokens, so that a request costs no query. Bounded; failures are not cached. Invalidation
 * includes look-ups in progress, which may have read the previous state.
 *
 * <p>Safe for any thread; futures complete on the caller's context.
 */
final class TokenCache<V> {
    private static final int MAX_REMEMBERED = 20_000;

    private final Vertx vertx;
    /** Not Caffeine's asynchronous cache, which logs each failed load; any stranger can cause one. */
    private final Cache<String, CompletableFuture<V>> remembered =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

    TokenCache(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Returns the identity of the token with this hash; calls {@code load} when it is not cached. */
    Future<V> get(String tokenHash, Function<String, Future<V>> load) {
        CompletableFuture<V> known = remembered.getIfPresent(tokenHash);
        if (known != null && isHere(known)) {
            return Future.succeededFuture(known.join());
        }
        CompletableFuture<V> coming = remembered
                .asMap()
                .computeIfAbsent(
                        tokenHash, hash -> load.apply(hash).toCompletionStage().toCompletableFuture());
        return Future.fromCompletionStage(coming, vertx.getOrCreateContext())
                .onFailure(failure -> remembered.asMap().remove(tokenHash, coming));
    }

    /** Invalidates a token. Returns its identity if it was cached. */
    Optional<V> forget(String tokenHash) {
        return Optional.ofNullable(remembered.asMap().remove(tokenHash))
                .filter(TokenCache::isHere)
                .map(CompletableFuture::join);
    }

    void forgetIf(Predicate<V> condition) {
        remembered.asMap().values().removeIf(value -> !isHere(value) || condition.test(value.join()));
    }

    void forgetAll() {
        remembered.asMap().clear();
    }

    private static boolean isHere(CompletableFuture<?> value) {
        return value.isDone() && !value.isCompletedExceptionally();
    }
}
