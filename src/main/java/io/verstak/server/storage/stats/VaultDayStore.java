package io.verstak.server.storage.stats;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/**
 * Operations per vault and day. A push does not write them: a periodic job reads the counters of the scopes and records
 * the difference.
 */
public final class VaultDayStore {
    /** The last recorded count of a scope; a scope never seen before was imported as it is. */
    private static final String SEEN = """
            COALESCE((SELECT d.total FROM vault_days d WHERE d.scope_id = s.id ORDER BY d.day DESC LIMIT 1),
              CASE WHEN s.created_at >= ? THEN 0 ELSE s.operations END)""";

    private final Database database;

    /** A scope whose counter has changed. */
    private record Moved(long scopeId, long came, long total, long lastPush) {}

    public VaultDayStore(Database database) {
        this.database = database;
    }

    /**
     * Records the operations of a bounded number of scopes since the previous run.
     *
     * @param now milliseconds since the epoch; its day, in UTC, is the one they count for
     * @param since only scopes pushed to at or after this time are read
     * @return the number of changed scopes; fewer than {@code most} when none is left
     */
    public Future<Integer> note(long now, long since, int most) {
        long day = TimeUnit.MILLISECONDS.toDays(now);
        return database.read(connection -> moved(connection, day, since, most))
                .compose(moved -> moved.isEmpty()
                        ? Future.succeededFuture(0)
                        : database.write(connection -> note(connection, day, moved))
                                .map(moved.size()));
    }

    private static Future<List<Moved>> moved(SqlConnection connection, long day, long since, int most) {
        long today = TimeUnit.DAYS.toMillis(day);
        return Rows.list(
                connection,
                """
                        SELECT s.id, s.operations, s.last_push, s.operations - %s AS came FROM scopes s
                        WHERE s.last_push >= ? AND s.operations > COALESCE((SELECT d.total FROM vault_days d
                          WHERE d.scope_id = s.id ORDER BY d.day DESC LIMIT 1), 0) LIMIT ?""".formatted(SEEN),
                row -> new Moved(
                        row.getLong("id"), row.getLong("came"), row.getLong("operations"), row.getLong("last_push")),
                today,
                since,
                most);
    }

    private static Future<Void> note(SqlConnection connection, long day, List<Moved> moved) {
        List<Tuple> batch = moved.stream()
                .map(scope -> Tuple.of(scope.scopeId(), day, scope.came(), scope.total()))
                .toList();
        return connection.preparedQuery("""
                        INSERT INTO vault_days (scope_id, day, operations, total) VALUES (?, ?, ?, ?)
                        ON CONFLICT (scope_id, day) DO UPDATE SET
                          operations = vault_days.operations + excluded.total - vault_days.total, total = excluded.total""").executeBatch(batch).compose(noted -> rank(connection, moved));
    }

    /** Updates the ranks that the lists of vaults use. */
    private static Future<Void> rank(SqlConnection connection, List<Moved> moved) {
        List<Tuple> batch = moved.stream()
                .map(scope -> Tuple.of(scope.total(), scope.lastPush(), scope.scopeId()))
                .toList();
        return connection
                .preparedQuery("UPDATE vault_ranks SET operations = ?, last_push = ? WHERE scope_id = ?")
                .executeBatch(batch)
                .mapEmpty();
    }

    /**
     * Returns the operations in all vaults of a user per day, up to now.
     *
     * @param now milliseconds since the epoch
     * @param days today and the days before it
     * @return days since 1970 with operations
     */
    public Future<Map<Long, Long>> ofUser(String userId, long now, int days) {
        long today = TimeUnit.MILLISECONDS.toDays(now);
        String noted = """
                SELECT d.day, SUM(d.operations) AS operations FROM vault_days d
                JOIN scopes s ON s.id = d.scope_id WHERE s.user_id = ? AND d.day > ? GROUP BY d.day""";
        String since = "SELECT COALESCE(SUM(s.operations - %s), 0) AS operations FROM scopes s WHERE s.user_id = ?"
                .formatted(SEEN);
        return database.read(connection -> Rows.map(
                        connection,
                        noted,
                        row -> row.getLong("day"),
                        row -> row.getLong("operations"),
                        userId,
                        today - days)
                .compose(operations -> Rows.only(
                                connection,
                                since,
                                row -> row.getLong("operations"),
                                TimeUnit.DAYS.toMillis(today),
                                userId)
                        .map(came -> {
                            operations.merge(today, came, Long::sum);
                            return operations;
                        })));
    }

    /**
     * Deletes a bounded number of days before a time. The last day of each scope stays, since the next count starts
     * from it. Writers wait for the deletion only, not for the search.
     *
     * @return the number of deleted days; fewer than {@code most} when none is left
     */
    public Future<Integer> deleteBefore(long time, int most) {
        return database.read(connection ->
                        connection.preparedQuery("""
                                SELECT d.scope_id, d.day FROM vault_days d WHERE d.day < ? AND EXISTS (SELECT 1 FROM vault_days later
                                  WHERE later.scope_id = d.scope_id AND later.day > d.day) LIMIT ?""").execute(Tuple.of(TimeUnit.MILLISECONDS.toDays(time), most)))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> Tuple.of(row.getLong("scope_id"), row.getLong("day")))
                        .toList())
                .compose(old -> old.isEmpty()
                        ? Future.succeededFuture(0)
                        : database.write(connection -> connection
                                .preparedQuery("DELETE FROM vault_days WHERE scope_id = ? AND day = ?")
                                .executeBatch(old)
                                .map(old.size())));
    }
}
