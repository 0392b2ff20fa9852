package io.verstak.server.storage.account;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A counter that every change to accounts increments in its transaction, so that another process notices the change:
 * when a command on the same data directory blocks a user, the running server drops its caches. The latest changes are kept with their
 * users, so that a node looks at the waits of these only.
 */
public final class InvalidationCounter {
    /** The user of a change after which every device has the access that it had. */
    static final String NOBODY = "";

    private static final int KEPT = 1_000;

    private final Database database;

    public InvalidationCounter(Database database) {
        this.database = database;
    }

    /** Returns the current value. */
    public Future<Long> read() {
        return database.only("SELECT counter FROM account_changes", row -> row.getLong("counter"));
    }

    /** Returns the users of the changes after one value up to another; empty if there are too many, or other processes know no users. */
    public Future<Optional<Set<String>>> users(long after, long until) {
        if (!database.isShared() || until - after > KEPT || after > until) {
            return Future.succeededFuture(Optional.empty());
        }
        return database.list(
                        "SELECT user_id FROM access_changes WHERE counter > ? AND counter <= ?",
                        row -> row.getString("user_id"),
                        after,
                        until)
                .map(users -> {
                    if (users.size() < until - after) {
                        return Optional.empty();
                    }
                    Set<String> some = new HashSet<>(users);
                    some.remove(NOBODY);
                    return Optional.of(some);
                });
    }

    /** @param userId whose devices may have lost their access, or {@link #NOBODY} */
    public static Future<Void> increment(SqlConnection connection, String userId) {
        return Rows.run(connection, "UPDATE account_changes SET counter = counter + 1")
                .compose(counted -> Rows.run(
                        connection,
                        "INSERT INTO access_changes (counter, user_id) SELECT counter, ? FROM account_changes",
                        userId))
                .compose(noted -> Rows.run(
                        connection,
                        "DELETE FROM access_changes WHERE counter <= (SELECT counter FROM account_changes) - " + KEPT));
    }
}
