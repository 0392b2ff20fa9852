package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;

/**
 * A number that moves in the transaction of every change to accounts that another process must notice: a command on the
 * same data directory blocks a user, and the running server drops what it remembers.
 */
public final class ChangeCounter {
    private final Database database;

    public ChangeCounter(Database database) {
        this.database = database;
    }

    /** The number now. */
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
