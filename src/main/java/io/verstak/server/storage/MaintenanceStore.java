package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** Stores the progress of maintenance jobs. */
public final class MaintenanceStore {
    private final Database database;

    /** A value and when it was stored, in milliseconds since the epoch. */
    public record Entry(String value, long updatedAt) {}

    public MaintenanceStore(Database database) {
        this.database = database;
    }

    public Future<Optional<Entry>> get(String name) {
        return database.read(connection -> connection
                .preparedQuery("SELECT value, updated_at FROM upkeep WHERE name = ?")
                .execute(Tuple.of(name))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(new Entry(
                                rows.iterator().next().getString("value"),
                                rows.iterator().next().getLong("updated_at")))));
    }

    public Future<Void> put(String name, String value, long now) {
        String sql = """
                        INSERT INTO upkeep (name, value, updated_at) VALUES (?, ?, ?)
                        ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at""";
        return database.run(sql, name, value, now);
    }
}
