package io.verstak.server.storage.account;

import io.verstak.server.storage.Database;
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
        return database.read(connection -> connection
                .query("SELECT counter FROM account_changes")
                .execute()
                .map(rows -> rows.iterator().next().getLong("counter")));
    }

    static Future<Void> bump(SqlConnection connection) {
        return connection
                .query("UPDATE account_changes SET counter = counter + 1")
                .execute()
                .mapEmpty();
    }
}
