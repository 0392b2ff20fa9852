package io.verstak.server.storage.postgresql.failover;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Seen;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;

/**
 * What an operator does to a PostgreSQL that was set back to an earlier moment, if that cannot be seen: each log goes on well above what
 * devices may have seen, under another id. Each catches up with its next op, so that this takes no longer for many.
 */
public final class AfterRestore {
    private static final String ADD = """
            INSERT INTO incarnations (n, id, place, lost, created_at)
            SELECT (SELECT max(n) + 1 FROM incarnations), ?, '', 1, millis FROM database_clock""";

    private static final String AUDIT = """
            INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)
            SELECT 'restored', '', '', '', ?, millis FROM database_clock""";

    private final Database database;

    public AfterRestore(Database database) {
        this.database = database;
    }

    /** Returns the number of logs. Fails with {@link StorageException}, in one line for a person, if a node is running. */
    public Future<Long> run() {
        return new NodeStore(database)
                .list()
                .compose(nodes -> nodes.isEmpty() ? database.write(this::add) : refuse(nodes));
    }

    private static Future<Long> refuse(List<Seen> nodes) {
        Seen first = nodes.get(0);
        return Future.failedFuture(new StorageException(
                "database.url: node %s at %s uses the database (it was seen %s seconds ago); stop all nodes. One that was killed is forgotten after %s seconds"
                        .formatted(
                                first.node().name(),
                                first.node().address(),
                                first.millisAgo() / 1000,
                                NodeStore.GONE_MILLIS / 1000)));
    }

    private Future<Long> add(SqlConnection connection) {
        return Rows.only(connection, "SELECT count(*) AS n FROM scopes", row -> row.getLong("n"))
                .compose(logs -> Rows.run(connection, ADD, Incarnations.newId())
                        .compose(added -> Rows.run(
                                connection,
                                AUDIT,
                                "PostgreSQL was set back: %s logs go on %s higher."
                                        .formatted(logs, Incarnation.SKIPPED)))
                        .map(logs));
    }
}
