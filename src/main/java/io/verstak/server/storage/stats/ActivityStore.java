package io.verstak.server.storage.stats;

import io.verstak.server.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.TreeMap;

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
        return database.read(connection -> connection
                .preparedQuery(
                        "SELECT hour / " + HOURS_A_DAY + " AS day, SUM(operations) AS operations FROM activity_hours"
                                + " WHERE hour >= ? GROUP BY hour / " + HOURS_A_DAY)
                .execute(Tuple.of(day * HOURS_A_DAY))
                .map(rows -> {
                    Map<Long, Long> days = new TreeMap<>();
                    for (Row row : rows) {
                        days.put(row.getLong("day"), row.getLong("operations"));
                    }
                    return days;
                }));
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
        return database.read(connection -> connection
                .preparedQuery("SELECT day, blob_bytes, database_bytes FROM storage_days WHERE day >= ?")
                .execute(Tuple.of(day))
                .map(rows -> {
                    Map<Long, Stored> days = new TreeMap<>();
                    for (Row row : rows) {
                        days.put(
                                row.getLong("day"),
                                new Stored(row.getLong("blob_bytes"), row.getLong("database_bytes")));
                    }
                    return days;
                }));
    }
}
