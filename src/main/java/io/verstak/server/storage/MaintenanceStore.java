package io.verstak.server.storage;

import io.vertx.core.Future;
import java.util.Optional;

/** Stores the progress of maintenance jobs. */
public final class MaintenanceStore {
    /** Names the bucket that the database belongs to. */
    public static final String OBJECTS_SERVER = "objects server";

    /** The text that every node must be able to open. */
    public static final String KEY_CHECK = "key check";

    private final Database database;

    /** A value and when it was stored, in milliseconds since the epoch. */
    public record Entry(String value, long updatedAt) {}

    public MaintenanceStore(Database database) {
        this.database = database;
    }

    public Future<Optional<Entry>> get(String name) {
        return database.first(
                "SELECT value, updated_at FROM upkeep WHERE name = ?",
                row -> new Entry(row.getString("value"), row.getLong("updated_at")),
                name);
    }

    public Future<Void> put(String name, String value, long now) {
        String sql = """
                        INSERT INTO upkeep (name, value, updated_at) VALUES (?, ?, ?)
                        ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at""";
        return database.run(sql, name, value, now);
    }

    /** Stores a value unless there is one. Returns the value that is stored. */
    public Future<String> keep(String name, String value, long now) {
        return database.write(connection -> Rows.run(
                        connection,
                        "INSERT INTO upkeep (name, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
                        name,
                        value,
                        now)
                .compose(kept -> Rows.only(
                        connection, "SELECT value FROM upkeep WHERE name = ?", row -> row.getString("value"), name)));
    }
}
