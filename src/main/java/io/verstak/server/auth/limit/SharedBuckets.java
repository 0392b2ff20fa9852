package io.verstak.server.auth.limit;

import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.RateBucketStore;
import io.verstak.server.storage.RateBucketStore.Bucket;
import io.verstak.server.storage.RateBucketStore.BucketKey;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the nodes on one database count together. A node asks its own limiter first: what that refuses costs no query. When the database
 * does not answer, the own limiter alone decides. Keys are stored as SipHash under a key that the database does not have. Safe
 * for any thread.
 */
public final class SharedBuckets {
    /** What the key for the hashes is derived for. */
    public static final String PURPOSE = "rate limits";

    private static final Logger LOG = LoggerFactory.getLogger(SharedBuckets.class);
    private static final long PATIENCE_MILLIS = 2_000;

    private final Outage outage = new Outage(LOG, "each node counts attempts for itself");
    private final RateBucketStore store;
    private final KeyParameter secret;
    private final Clock clock;

    /** @param secret the same on all nodes; the first 16 bytes are used */
    public SharedBuckets(RateBucketStore store, byte[] secret, Clock clock) {
        this.store = store;
        this.secret = new KeyParameter(secret, 0, RateLimiter.SECRET_BYTES);
        this.clock = clock;
    }

    BucketKey key(String limiter, String text) {
        return new BucketKey(limiter, RateLimiter.hash(secret, limiter + ' ' + text));
    }

    Limit limit(String name, Budget budget) {
        return new Limit(name, budget);
    }

    /** Counts one attempt for each key. Fails when the database does not answer. */
    Future<Map<BucketKey, Bucket>> count(List<BucketKey> keys, Budget budget) {
        return watched(store.count(keys, clock.millis(), windowMillis(budget)));
    }

    Future<Map<BucketKey, Bucket>> find(List<BucketKey> keys) {
        return watched(store.find(keys));
    }

    Future<Void> forgive(BucketKey cleared, List<BucketKey> others, BucketKey remembered, long rememberedMillis) {
        long now = clock.millis();
        return watched(store.forgive(cleared, others, remembered, now, now + rememberedMillis));
    }

    private <T> Future<T> watched(Future<T> query) {
        return outage.watch(query.timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** Returns whether a bucket holds as many attempts as are allowed; null: there is none. */
    Decision decide(@Nullable Bucket bucket, Budget budget) {
        return bucket == null || bucket.attempts() < budget.attempts()
                ? Decision.ALLOWED
                : Decision.blockedFor(rest(bucket, windowMillis(budget)));
    }

    /** Returns the milliseconds until the window of a bucket ends; 0 if it has ended. */
    long rest(Bucket bucket, long windowMillis) {
        long rest = bucket.endsAt() - clock.millis();
        return rest > windowMillis ? 0 : Math.max(0, rest);
    }

    private static long windowMillis(Budget budget) {
        return TimeUnit.SECONDS.toMillis(budget.windowSeconds());
    }

    /** One limit, with a bucket for each key. Its futures never fail. */
    final class Limit {
        private final String name;
        private final Budget budget;

        private Limit(String name, Budget budget) {
            this.name = name;
            this.budget = budget;
        }

        /** Counts an attempt and decides on it. */
        Future<Decision> attempt(String text) {
            BucketKey key = key(name, text);
            return count(List.of(key), budget)
                    .map(counted -> {
                        Bucket bucket = counted.get(key);
                        return bucket == null || bucket.attempts() <= budget.attempts()
                                ? Decision.ALLOWED
                                : decide(bucket, budget);
                    })
                    .otherwise(Decision.ALLOWED);
        }

        /** Decides on the failures counted so far. */
        Future<Decision> check(String text) {
            BucketKey key = key(name, text);
            return find(List.of(key))
                    .map(found -> decide(found.get(key), budget))
                    .otherwise(Decision.ALLOWED);
        }

        /** Counts a failure. */
        Future<Void> failure(String text) {
            return count(List.of(key(name, text)), budget).<Void>mapEmpty().otherwiseEmpty();
        }
    }
}
