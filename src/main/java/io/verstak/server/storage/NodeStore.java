package io.verstak.server.storage;

import io.verstak.server.error.Message;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The nodes that serve a database. Times are by the clock of the database, so that those of several nodes can be compared. */
public final class NodeStore {
    /** After this time without a sign a node counts as gone. */
    public static final long GONE_MILLIS = 60_000;

    /** A condition on {@code nodes} for those that are not gone. */
    public static final String ALIVE = "seen_at > (SELECT millis FROM database_clock) - " + GONE_MILLIS;

    private static final long FORGOTTEN_MILLIS = 86_400_000;

    private final Database database;

    /**
     * A node, as it describes itself.
     *
     * @param incarnation another one each time that its process starts
     * @param address where it listens
     */
    public record Node(String name, String incarnation, String version, int schema, String address) {}

    /** A node that is not gone, and how long ago it started and gave the last sign. */
    public record Seen(Node node, long startedAgo, long millisAgo) {}

    public NodeStore(Database database) {
        this.database = database;
    }

    /** Gives a sign of a node. Returns the incarnation that gave the sign before under this name; empty: none. */
    public Future<String> beat(Node node) {
        return database.write(connection -> Rows.first(
                        connection,
                        "SELECT incarnation FROM nodes WHERE name = ?",
                        row -> row.getString("incarnation"),
                        node.name())
                .compose(before -> put(connection, node).map(before.orElse(""))));
    }

    private static Future<Void> put(SqlConnection connection, Node node) {
        return Rows.run(connection, """
                                INSERT INTO nodes (name, incarnation, version, schema, address, started_at, seen_at)
                                SELECT ?, ?, ?, ?, ?, millis, millis FROM database_clock WHERE true
                                ON CONFLICT (name) DO UPDATE SET version = excluded.version, schema = excluded.schema,
                                  address = excluded.address, seen_at = excluded.seen_at, incarnation = excluded.incarnation,
                                  draining = CASE WHEN nodes.incarnation = excluded.incarnation THEN nodes.draining ELSE 0 END,
                                  started_at = CASE WHEN nodes.incarnation = excluded.incarnation THEN nodes.started_at
                                    ELSE excluded.started_at END""", node.name(), node.incarnation(), node.version(), node.schema(), node.address())
                .compose(put -> Rows.run(
                        connection,
                        "DELETE FROM nodes WHERE seen_at < (SELECT millis FROM database_clock) - " + FORGOTTEN_MILLIS));
    }

    /**
     * Refuses with {@code UNAVAILABLE} while a node serves that knows only an older schema: it would ignore what is about to be stored.
     *
     * @param schema that brought what is to be stored
     */
    public static Future<Void> requireAllSince(SqlConnection connection, int schema) {
        return Rows.exist(connection, "SELECT 1 FROM nodes WHERE schema < ? AND " + ALIVE, schema)
                .compose(older -> older ? Message.DATABASE_UPGRADING.refuse() : Future.succeededFuture());
    }

    /** Returns the time of the database, in milliseconds since the epoch. */
    public Future<Long> now() {
        return database.only("SELECT millis FROM database_clock", row -> row.getLong("millis"));
    }

    /** Tells the others that a node is about to stop. */
    public Future<Void> drain(Node node) {
        return database.run(
                "UPDATE nodes SET draining = 1 WHERE name = ? AND incarnation = ?", node.name(), node.incarnation());
    }

    /** Removes a node that stops, unless another process has taken its name. */
    public Future<Void> remove(Node node) {
        return database.run("DELETE FROM nodes WHERE name = ? AND incarnation = ?", node.name(), node.incarnation());
    }

    /** Returns the nodes by name. */
    public Future<List<Seen>> list() {
        return database.list(
                "SELECT n.name, n.incarnation, n.version, n.schema, n.address, c.millis - n.started_at AS started, c.millis - n.seen_at AS ago"
                        + " FROM nodes n, database_clock c WHERE n.seen_at > c.millis - " + GONE_MILLIS
                        + " ORDER BY n.name",
                row -> new Seen(
                        new Node(
                                row.getString("name"),
                                row.getString("incarnation"),
                                row.getString("version"),
                                row.getInteger("schema"),
                                row.getString("address")),
                        row.getLong("started"),
                        row.getLong("ago")));
    }

    /** Returns the names of the leases that are held now, by the name of their node. */
    public Future<Map<String, List<String>>> leases() {
        return database.list(
                        "SELECT l.name, l.holder FROM leases l, database_clock c WHERE l.until > c.millis ORDER BY l.name",
                        row -> Map.entry(DatabaseLeases.node(row.getString("holder")), row.getString("name")))
                .map(held -> held.stream()
                        .collect(Collectors.groupingBy(
                                Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList()))));
    }
}
