package io.verstak.server.storage.account;

import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.Map;
import java.util.Optional;

/** Stores the settings of the administrators' pages, by name. */
public final class SettingsStore {
    private final Database database;

    public SettingsStore(Database database) {
        this.database = database;
    }

    public Future<Map<String, String>> all() {
        return database.read(connection -> Rows.map(
                connection,
                "SELECT name, value FROM settings",
                row -> row.getString("name"),
                row -> row.getString("value")));
    }

    /** Stores values; an empty one restores the configured value. Other processes notice the change. */
    public Future<Void> change(Map<String, Optional<String>> values, AuditEntry audit) {
        return database.write(connection -> {
            Future<Void> changed = Future.succeededFuture();
            for (Map.Entry<String, Optional<String>> value : values.entrySet()) {
                changed = changed.compose(before -> put(connection, value.getKey(), value.getValue(), audit.at()));
            }
            return changed.compose(done -> AuditStore.add(connection, audit))
                    .compose(noted -> InvalidationCounter.increment(connection, InvalidationCounter.NOBODY));
        });
    }

    private static Future<Void> put(SqlConnection connection, String name, Optional<String> value, long now) {
        return value.isEmpty()
                ? Rows.run(connection, "DELETE FROM settings WHERE name = ?", name)
                : Rows.run(connection, """
                                INSERT INTO settings (name, value, updated_at) VALUES (?, ?, ?)
                                ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at""", name, value.get(), now);
    }
}
