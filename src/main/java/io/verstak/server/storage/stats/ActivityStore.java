package io.verstak.server.storage.stats;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import java.util.Map;

/** Operations per hour and stored bytes per day, keyed by hours and days since 1970. */
public final class ActivityStore {
    private static final int HOURS_A_DAY = 24;

    private final Database database;

    /** The stored amounts at the end of a day. */
    public record Stored(long blobBytes, long databaseBytes) {}

    public ActivityStore(Database database) {
        this.database = database;
    }

    /** Adds operations accepted in an hour. */
    public Future<Void> add(long hour, long operations) {
        String sql = """
                        INSERT INTO activity_hours (hour, operations) VALUES (?, ?)
                        ON CONFLICT (hour) DO UPDATE SET operations = activity_hours.operations + excluded.operations""";
        return database.run(sql, hour, operations);
    }

    /** Returns the operations since an hour. */
    public Future<Long> since(long hour) {
        return database.only(
                "SELECT COALESCE(SUM(operations), 0) AS operations FROM activity_hours WHERE hour >= ?",
                row -> row.getLong("operations"),
                hour);
    }

    /** Returns the operations per day since a day, without days that have none. */
    public Future<Map<Long, Long>> byDay(long day) {
        String sql = "SELECT hour / " + HOURS_A_DAY + " AS day, SUM(operations) AS operations FROM activity_hours"
                + " WHERE hour >= ? GROUP BY hour / " + HOURS_A_DAY;
        return database.read(connection -> Rows.map(
                connection, sql, row -> row.getLong("day"), row -> row.getLong("operations"), day * HOURS_A_DAY));
    }

    /** Records the stored amounts; the last record of a day stays. */
    public Future<Void> note(long day, Stored stored) {
        String sql = """
                        INSERT INTO storage_days (day, blob_bytes, database_bytes) VALUES (?, ?, ?)
                        ON CONFLICT (day) DO UPDATE SET blob_bytes = excluded.blob_bytes,
                          database_bytes = excluded.database_bytes""";
        return database.run(sql, day, stored.blobBytes(), stored.databaseBytes());
    }

    /** Returns the stored amounts per day since a day. */
    public Future<Map<Long, Stored>> storedByDay(long day) {
        return database.read(connection -> Rows.map(
                connection,
                "SELECT day, blob_bytes, database_bytes FROM storage_days WHERE day >= ?",
                row -> row.getLong("day"),
                row -> new Stored(row.getLong("blob_bytes"), row.getLong("database_bytes")),
                day));
    }
}
