package io.verstak.server.storage.account;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;

/**
 * A counter that every change to accounts increments in its transaction, so that another process notices the change:
 * when a command on the same data directory blocks a user, the running server drops its caches.
 */
public final class InvalidationCounter {
    private final Database database;

    public InvalidationCounter(Database database) {
        this.database = database;
    }

    /** Returns the current value. */
    public Future<Long> read() {
        return database.only("SELECT counter FROM account_changes", row -> row.getLong("counter"));
    }

    static Future<Void> increment(SqlConnection connection) {
        return Rows.run(connection, "UPDATE account_changes SET counter = counter + 1");
    }
}
