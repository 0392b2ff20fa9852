package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts attempts in the database: a bucket for each limit and key, with a window that begins with its first attempt. Times are
 * milliseconds since the epoch.
 */
public final class RateBucketStore {
    /** An end more than a window away is that of a node whose clock was wrong; it would block for an unknown time. */
    private static final String LIVE =
            "rate_buckets.attempts > 0 AND rate_buckets.ends_at > ? AND rate_buckets.ends_at <= excluded.ends_at";

    private static final String COUNT = " ON CONFLICT (limiter, key) DO UPDATE SET attempts = CASE WHEN " + LIVE
            + " THEN rate_buckets.attempts + 1 ELSE 1 END, ends_at = CASE WHEN " + LIVE
            + " THEN rate_buckets.ends_at ELSE excluded.ends_at END RETURNING limiter, key, attempts, ends_at";

    private final Database database;

    /**
     * Names a bucket.
     *
     * @param key a hash of who is limited
     */
    public record BucketKey(String limiter, long key) {}

    /** The attempts of a window, and when it ends. */
    public record Bucket(int attempts, long endsAt) {}

    public RateBucketStore(Database database) {
        this.database = database;
    }

    /** Counts one attempt in each bucket. Returns them as they are then. */
    public Future<Map<BucketKey, Bucket>> count(List<BucketKey> keys, long now, long windowMillis) {
        String sql = "INSERT INTO rate_buckets (limiter, key, attempts, ends_at) VALUES "
                + String.join(", ", Collections.nCopies(keys.size(), "(?, ?, 1, ?)")) + COUNT;
        List<Object> values = new ArrayList<>();
        for (BucketKey key : keys) {
            Collections.addAll(values, key.limiter(), key.key(), now + windowMillis);
        }
        Collections.addAll(values, now, now);
        return database.write(connection -> buckets(connection, sql, values));
    }

    /** Returns those of the buckets that exist, whether their windows have ended or not. */
    public Future<Map<BucketKey, Bucket>> find(List<BucketKey> keys) {
        String sql = "SELECT limiter, key, attempts, ends_at FROM rate_buckets WHERE "
                + String.join(" OR ", Collections.nCopies(keys.size(), "(limiter = ? AND key = ?)"));
        List<Object> values = new ArrayList<>();
        for (BucketKey key : keys) {
            Collections.addAll(values, key.limiter(), key.key());
        }
        return database.read(connection -> buckets(connection, sql, values));
    }

    private static Future<Map<BucketKey, Bucket>> buckets(SqlConnection connection, String sql, List<Object> values) {
        return Rows.list(connection, sql, row -> row, values.toArray()).map(rows -> {
            Map<BucketKey, Bucket> buckets = new HashMap<>();
            for (Row row : rows) {
                buckets.put(
                        new BucketKey(row.getString("limiter"), row.getLong("key")),
                        new Bucket(row.getInteger("attempts"), row.getLong("ends_at")));
            }
            return buckets;
        });
    }

    /**
     * Clears one bucket, and removes as many attempts from others as it had.
     *
     * @param remembered a bucket that is filled until a time
     */
    public Future<Void> forgive(BucketKey cleared, List<BucketKey> others, BucketKey remembered, long now, long until) {
        return database.write(connection -> Rows.first(
                        connection,
                        "DELETE FROM rate_buckets WHERE limiter = ? AND key = ? RETURNING attempts, ends_at",
                        row -> row.getLong("ends_at") > now ? row.getInteger("attempts") : 0,
                        cleared.limiter(),
                        cleared.key())
                .compose(attempts -> refund(connection, others, attempts.orElse(0)))
                .compose(refunded -> Rows.run(
                        connection,
                        "INSERT INTO rate_buckets (limiter, key, attempts, ends_at) VALUES (?, ?, 1, ?)"
                                + " ON CONFLICT (limiter, key) DO UPDATE SET ends_at = excluded.ends_at",
                        remembered.limiter(),
                        remembered.key(),
                        until)));
    }

    private static Future<Void> refund(SqlConnection connection, List<BucketKey> keys, int attempts) {
        Future<Void> done = Future.succeededFuture();
        for (BucketKey key : attempts == 0 ? List.<BucketKey>of() : keys) {
            done = done.compose(before -> Rows.run(
                    connection,
                    "UPDATE rate_buckets SET attempts = CASE WHEN attempts > ? THEN attempts - ? ELSE 0 END"
                            + " WHERE limiter = ? AND key = ?",
                    attempts,
                    attempts,
                    key.limiter(),
                    key.key()));
        }
        return done;
    }
}
