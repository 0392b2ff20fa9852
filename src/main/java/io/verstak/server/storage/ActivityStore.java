package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.TreeMap;

/** How much was pushed hour by hour and stored day by day, counted since 1970. */
public final class ActivityStore {
    private static final int HOURS_A_DAY = 24;

    private final Database database;

    /** What was stored at the end of a day. */
    public record Stored(long blobBytes, long databaseBytes) {}

    public ActivityStore(Database database) {
        this.database = database;
    }

    /** Adds operations that were accepted in an hour. */
    public Future<Void> add(long hour, long operations) {
        return database.write(connection -> connection
                .preparedQuery("""
                        INSERT INTO activity_hours (hour, operations) VALUES (?, ?)
                        ON CONFLICT (hour) DO UPDATE SET operations = activity_hours.operations + excluded.operations""")
                .execute(Tuple.of(hour, operations))
                .mapEmpty());
    }

    /** Operations from an hour on. */
    public Future<Long> since(long hour) {
        return database.read(connection -> connection
                .preparedQuery("SELECT COALESCE(SUM(operations), 0) AS operations FROM activity_hours WHERE hour >= ?")
                .execute(Tuple.of(hour))
                .map(rows -> rows.iterator().next().getLong("operations")));
    }

    /** Operations by day, from a day on; days without any are left out. */
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

    /** Notes what is stored; the last note of a day stays. */
    public Future<Void> note(long day, Stored stored) {
        return database.write(connection -> connection
                .preparedQuery("""
                        INSERT INTO storage_days (day, blob_bytes, database_bytes) VALUES (?, ?, ?)
                        ON CONFLICT (day) DO UPDATE SET blob_bytes = excluded.blob_bytes,
                          database_bytes = excluded.database_bytes""")
                .execute(Tuple.of(day, stored.blobBytes(), stored.databaseBytes()))
                .mapEmpty());
    }

    /** What was stored, by day, from a day on. */
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
