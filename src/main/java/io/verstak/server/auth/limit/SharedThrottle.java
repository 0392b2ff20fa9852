package io.verstak.server.auth.limit;

import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.storage.RateBucketStore.Bucket;
import io.verstak.server.storage.RateBucketStore.BucketKey;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * The three limits of {@link PasswordThrottle} over all nodes, and the addresses from which right passwords came. All methods block, for
 * hashing threads: the outcome of a check is counted before the thread takes the next one.
 */
final class SharedThrottle {
    private final SharedBuckets buckets;
    private final String kind;
    private final Budget budget;
    private final Budget everywhere;
    private final long knownMillis;

    /**
     * @param kind of what is checked, in the names of the buckets
     * @param budget failures allowed for an account at an address, and for an address
     * @param everywhere those allowed for an account
     * @param known how long the address of a right password is remembered
     */
    SharedThrottle(SharedBuckets buckets, String kind, Budget budget, Budget everywhere, Duration known) {
        this.buckets = buckets;
        this.kind = kind;
        this.budget = budget;
        this.everywhere = everywhere;
        this.knownMillis = known.toMillis();
    }

    private BucketKey atAddress(String pair) {
        return buckets.key(kind + "account at address", pair);
    }

    private BucketKey address(String network) {
        return buckets.key(kind + "address", network);
    }

    private BucketKey account(String user) {
        return buckets.key(kind + "account", user);
    }

    private BucketKey known(String pair) {
        return buckets.key(kind + "known", pair);
    }

    /** Decides on an attempt; empty when the database does not answer. */
    Optional<Decision> check(String pair, String network, String user) {
        return await(buckets.find(List.of(atAddress(pair), address(network), account(user), known(pair))))
                .map(found -> {
                    Decision here = buckets.decide(found.get(atAddress(pair)), budget)
                            .and(buckets.decide(found.get(address(network)), budget));
                    return isKnown(found, pair) ? here : here.and(buckets.decide(found.get(account(user)), everywhere));
                });
    }

    private boolean isKnown(Map<BucketKey, Bucket> found, String pair) {
        Bucket known = found.get(known(pair));
        return known != null && buckets.rest(known, knownMillis) > 0;
    }

    void failed(String pair, String network, String user) {
        if (budget.windowSeconds() == everywhere.windowSeconds()) {
            await(buckets.count(List.of(atAddress(pair), address(network), account(user)), budget));
        } else {
            await(buckets.count(List.of(atAddress(pair), address(network)), budget));
            await(buckets.count(List.of(account(user)), everywhere));
        }
    }

    /** Writes nothing for an address that is known and has not failed. */
    void succeeded(String pair, String network, String user) {
        await(buckets.find(List.of(atAddress(pair), known(pair))).compose(found -> {
            Bucket known = found.get(known(pair));
            boolean lately = known != null && buckets.rest(known, knownMillis) > knownMillis / 2;
            return lately && found.get(atAddress(pair)) == null
                    ? Future.succeededFuture()
                    : buckets.forgive(
                            atAddress(pair), List.of(address(network), account(user)), known(pair), knownMillis);
        }));
    }

    private static <T> Optional<T> await(Future<T> query) {
        try {
            return Optional.ofNullable(
                    query.toCompletionStage().toCompletableFuture().join());
        } catch (CompletionException outOfReach) {
            return Optional.empty(); // Logged by the buckets.
        }
    }
}
