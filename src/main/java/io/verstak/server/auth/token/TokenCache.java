package io.verstak.server.auth.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Caches the identities of tokens, so that a request costs no query. Bounded; failures are not cached. Invalidation
 * includes look-ups in progress, which may have read the previous state.
 *
 * <p>When other nodes may change the database, each request looks its token up, in a query that begins after the request has come. The
 * cache then only knows which tokens were good a moment ago, and need not be limited as a stranger's.
 *
 * <p>Safe for any thread; futures complete on the caller's context.
 */
final class TokenCache<V> {
    private static final int MAX_REMEMBERED = 20_000;

    private final Vertx vertx;
    private final TokenLookupLimiter refusals;
    private final boolean shared;

    /** Not Caffeine's asynchronous cache, which logs each failed load; any stranger can cause one. */
    private final Cache<String, CompletableFuture<V>> remembered =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

    /** @param shared whether other nodes may change what is cached */
    TokenCache(Vertx vertx, TokenLookupLimiter refusals, boolean shared) {
        this.vertx = vertx;
        this.refusals = refusals;
        this.shared = shared;
    }

    /**
     * Returns the identity of the token with this hash; calls {@code load} when it is not cached.
     *
     * @param from the client's network address, evaluated only when the token is not cached
     */
    Future<V> get(String tokenHash, Supplier<InetAddress> from, Function<String, Future<V>> load) {
        CompletableFuture<V> known = remembered.getIfPresent(tokenHash);
        if (known != null && isHere(known)) {
            return shared ? lookUp(tokenHash, load.apply(tokenHash)) : Future.succeededFuture(known.join());
        }
        if (shared) {
            return lookUp(tokenHash, guarded(tokenHash, from, load));
        }
        CompletableFuture<V> coming = remembered
                .asMap()
                .computeIfAbsent(
                        tokenHash,
                        hash -> guarded(hash, from, load).toCompletionStage().toCompletableFuture());
        return Future.fromCompletionStage(coming, vertx.getOrCreateContext())
                .onFailure(failure -> remembered.asMap().remove(tokenHash, coming));
    }

    /** As {@link #get}, but for a cached token its identity, which another node may have taken its access. */
    Future<V> recall(String tokenHash, Supplier<InetAddress> from, Function<String, Future<V>> load) {
        CompletableFuture<V> known = remembered.getIfPresent(tokenHash);
        return known != null && isHere(known) ? Future.succeededFuture(known.join()) : get(tokenHash, from, load);
    }

    private Future<V> guarded(String tokenHash, Supplier<InetAddress> from, Function<String, Future<V>> load) {
        return refusals.guard(from.get(), () -> load.apply(tokenHash));
    }

    /** A database that cannot be reached makes no token unknown. */
    private Future<V> lookUp(String tokenHash, Future<V> loading) {
        return loading.onSuccess(identity -> remembered.put(tokenHash, CompletableFuture.completedFuture(identity)))
                .onFailure(failure -> {
                    if (failure instanceof ServerException refusal && refusal.code() != ErrorCode.UNAVAILABLE) {
                        remembered.invalidate(tokenHash);
                    }
                });
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
