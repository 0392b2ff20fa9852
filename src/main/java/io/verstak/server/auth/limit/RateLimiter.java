package io.verstak.server.auth.limit;

import io.verstak.server.config.RateLimitsConfig.Budget;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;

/**
 * Limits the attempts per key: {@code attempts} in a window that begins with the first of them.
 *
 * <p>Two ways of use. If only failures count: {@link #check} before, {@link #failure} or {@link #success} after. If
 * every attempt counts: {@link #attempt} alone.
 *
 * <p>Memory is bounded: {@value #BUCKETS} buckets at most, under 4 MB, allocated on demand. A flood of keys displaces
 * neither full buckets nor fuller ones than its own (see {@link BucketSet}). Keys are stored as SipHash under a random
 * secret: long ones cost no more, and nobody can choose colliding ones.
 *
 * <p>Safe for any thread; waits only for a few instructions under a lock.
 */
public final class RateLimiter {
    private static final int SETS = 1 << 13;

    /** The number of keys: more than the 65,536 networks of an IPv6 /48, which a single customer may hold. */
    static final int BUCKETS = SETS * BucketSet.WAYS;

    static final int SECRET_BYTES = 16;

    private final int attempts;
    private final long windowMillis;
    private final Clock clock;
    private final KeyParameter secret;
    private final AtomicReferenceArray<@Nullable BucketSet> sets = new AtomicReferenceArray<>(SETS);

    RateLimiter(Budget budget, Clock clock, SecureRandom random) {
        this.attempts = budget.attempts();
        this.windowMillis = TimeUnit.SECONDS.toMillis(budget.windowSeconds());
        this.clock = clock;
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        this.secret = new KeyParameter(bytes);
    }

    /** Returns whether an attempt is allowed now. Counts nothing. */
    Decision check(String key) {
        long hash = hash(key);
        return Decision.blockedFor(set(hash).blockedFor(hash, clock.millis()));
    }

    /** Counts one failed attempt. */
    void failure(String key) {
        long hash = hash(key);
        set(hash).count(hash, clock.millis());
    }

    /** Clears the key and returns how many attempts it had. */
    int success(String key) {
        return refund(key, Integer.MAX_VALUE);
    }

    /** Admits and counts an attempt in one step, or returns how long to wait. */
    Decision attempt(String key) {
        long hash = hash(key);
        return Decision.blockedFor(set(hash).tryCount(hash, clock.millis()));
    }

    /** Removes up to this many attempts and returns how many. */
    int refund(String key, int most) {
        long hash = hash(key);
        return set(hash).forget(hash, most, clock.millis());
    }

    private BucketSet set(long hash) {
        int index = (int) (hash & (SETS - 1));
        @Nullable BucketSet known = sets.get(index);
        if (known != null) {
            return known;
        }
        BucketSet fresh = new BucketSet(attempts, windowMillis);
        @Nullable BucketSet raced = sets.compareAndExchange(index, null, fresh);
        return raced == null ? fresh : raced;
    }

    private long hash(String key) {
        return hash(secret, key);
    }

    static long hash(KeyParameter secret, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        SipHash sipHash = new SipHash();
        sipHash.init(secret);
        sipHash.update(bytes, 0, bytes.length);
        return sipHash.doFinal();
    }
}
