package io.verstak.server.auth.limit;

/**
 * A few buckets that share a lock: one set of a {@link RateLimiter}'s set-associative table.
 *
 * <p>A bucket counts the attempts of one key in a window that begins with the first of them. It is full when it holds
 * as many as the limit allows, and blocks until the window ends; refused attempts do not prolong it.
 *
 * <p>When a new key finds no free bucket, it replaces the emptiest bucket that is not full; a full one is never
 * replaced. To make the limiter forget a count of c, every other bucket of the set must therefore have counted c as
 * well. When all are full, new keys share one overflow bucket, which allows as many attempts as all buckets of the set
 * together.
 */
final class BucketSet {
    static final int WAYS = 16;

    private static final int OVERFLOW = WAYS;
    private static final int ABSENT = -1;

    private final int attempts;
    private final long windowMillis;
    private final long[] keys = new long[WAYS + 1];
    private final int[] counts = new int[WAYS + 1];
    private final long[] ends = new long[WAYS + 1];

    BucketSet(int attempts, long windowMillis) {
        this.attempts = attempts;
        this.windowMillis = windowMillis;
    }

    /** Returns the milliseconds until the key may try again; 0 when it may now. */
    synchronized long blockedFor(long key, long now) {
        int bucket = find(key, now);
        if (bucket == ABSENT) {
            bucket = place(now);
        }
        return isLive(bucket, now) && isFull(bucket) && owns(bucket, key) ? ends[bucket] - now : 0;
    }

    /** Counts one attempt, up to the limit. */
    synchronized void count(long key, long now) {
        int bucket = find(key, now);
        if (bucket == ABSENT) {
            bucket = place(now);
        }
        if (!isLive(bucket, now) || !owns(bucket, key)) {
            keys[bucket] = key;
            counts[bucket] = 0;
            ends[bucket] = now + windowMillis;
        }
        if (!isFull(bucket)) {
            counts[bucket]++;
        }
    }

    /** Works as {@link #blockedFor}, and counts the attempt if it is allowed. */
    synchronized long tryCount(long key, long now) {
        long blocked = blockedFor(key, now);
        if (blocked == 0) {
            count(key, now);
        }
        return blocked;
    }

    /** Removes up to {@code most} attempts of the key and returns how many. Shared counts stay. */
    synchronized int forget(long key, int most, long now) {
        int bucket = find(key, now);
        if (bucket == ABSENT) {
            return 0;
        }
        int forgotten = Math.min(most, counts[bucket]);
        counts[bucket] -= forgotten;
        return forgotten;
    }

    private int find(long key, long now) {
        for (int bucket = 0; bucket < WAYS; bucket++) {
            if (keys[bucket] == key && isLive(bucket, now)) {
                return bucket;
            }
        }
        return ABSENT;
    }

    /**
     * Returns the bucket of a new key: a free one, else the emptiest that is not full (the oldest of these), else the
     * overflow.
     */
    private int place(long now) {
        int best = OVERFLOW;
        for (int bucket = 0; bucket < WAYS; bucket++) {
            if (!isLive(bucket, now)) {
                return bucket;
            }
            if (!isFull(bucket) && (best == OVERFLOW || isEmptier(bucket, best))) {
                best = bucket;
            }
        }
        return best;
    }

    private boolean isEmptier(int bucket, int than) {
        return counts[bucket] < counts[than] || (counts[bucket] == counts[than] && ends[bucket] < ends[than]);
    }

    /**
     * An end more than a window away means that the clock was set back; such a bucket would block for an unknown time.
     */
    private boolean isLive(int bucket, long now) {
        return counts[bucket] > 0 && ends[bucket] > now && ends[bucket] - now <= windowMillis;
    }

    private boolean isFull(int bucket) {
        return counts[bucket] >= (bucket == OVERFLOW ? attempts * WAYS : attempts);
    }

    private boolean owns(int bucket, long key) {
        return bucket == OVERFLOW || keys[bucket] == key;
    }
}
