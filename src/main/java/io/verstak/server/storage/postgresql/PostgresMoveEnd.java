package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.move.MoveEnd;
import io.verstak.server.storage.move.MoveMark;
import io.verstak.server.storage.move.MoveTable;
import io.verstak.server.storage.postgresql.failover.ScopeRenewal;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** A PostgreSQL as an end of a move. No node may use it meanwhile. */
public final class PostgresMoveEnd implements MoveEnd {
    private static final String IDENTITIES = """
            SELECT c.relname::text, a.attname::text, pg_get_serial_sequence(quote_ident(c.relname), a.attname::text)::text
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace""";

    private static final String USED = """
            SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM administrators) + (SELECT COUNT(*) FROM scopes)
              + (SELECT COUNT(*) FROM devices) + (SELECT COUNT(*) FROM blobs) + (SELECT COUNT(*) FROM invitations)
              + (SELECT COUNT(*) FROM settings) + (SELECT COUNT(*) FROM outbox)""";

    private static final String NODES = """
            SELECT n.name, (c.millis - n.seen_at) / 1000 FROM nodes n, database_clock c
            WHERE n.seen_at > c.millis - ? ORDER BY n.name""";

    private final PostgresAccess access;
    private final MoveConnection connection;
    private final Clock clock;
    private final MovedRows rows;
    private final MovedKeys keys;

    private PostgresMoveEnd(PostgresAccess access, MoveConnection connection, Clock clock) {
        this.access = access;
        this.connection = connection;
        this.clock = clock;
        this.rows = new MovedRows(connection);
        this.keys = new MovedKeys(connection);
    }

    /** Opens the database that data comes from; its schema must be that of this release. */
    public static PostgresMoveEnd source(Vertx vertx, PostgresAccess access, Clock clock) {
        MoveConnection connection = MoveConnection.open(vertx, access);
        try {
            boolean any =
                    connection.number("SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('schema_version')") > 0;
            long version = any ? connection.number("SELECT COALESCE(MAX(version), 0)::bigint FROM schema_version") : 0;
            if (version != PostgresSchema.CURRENT) {
                throw new StorageException(
                        version == 0
                                ? "%s: holds no data of a server".formatted(PostgresMoveState.place(access))
                                : "%s: has schema %s, and this release moves schema %s: start a node of this release once, or install the newer one"
                                        .formatted(PostgresMoveState.place(access), version, PostgresSchema.CURRENT));
            }
            return opened(access, connection, clock);
        } catch (RuntimeException failure) {
            connection.close();
            throw failure;
        }
    }

    /** Opens the database that data goes to, and brings its schema up to date. */
    public static PostgresMoveEnd target(Vertx vertx, PostgresAccess access, Clock clock) {
        PostgresDatabase.openForMove(vertx, access, 1)
                .close()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        MoveConnection connection = MoveConnection.open(vertx, access);
        try {
            return opened(access, connection, clock);
        } catch (RuntimeException failure) {
            connection.close();
            throw failure;
        }
    }

    private static PostgresMoveEnd opened(PostgresAccess access, MoveConnection connection, Clock clock) {
        PostgresMoveState.lock(connection, access);
        return new PostgresMoveEnd(access, connection, clock);
    }

    @Override
    public String place() {
        return PostgresMoveState.place(access);
    }

    @Override
    public List<MoveTable> tables() {
        return rows.tables();
    }

    @Override
    public long count(MoveTable table) {
        return rows.count(table);
    }

    @Override
    public List<Object[]> page(MoveTable table, List<Object> after, long maxBytes) {
        return rows.page(table, after, maxBytes);
    }

    /** PostgreSQL keeps no character U+0000. */
    @Override
    public String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    @Override
    public Map<String, Long> highestIds() {
        Map<String, Long> highest = new HashMap<>();
        for (Object[] row : connection.rows(IDENTITIES, List.of())) {
            highest.put(
                    (String) row[0],
                    connection.number(
                            "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM " + row[2]));
        }
        return highest;
    }

    @Override
    public Optional<MoveMark> mark() {
        return connection.rows("SELECT value FROM upkeep WHERE name = ?", List.of(MoveMark.NAME)).stream()
                .findFirst()
                .map(row -> MoveMark.of((String) row[0]));
    }

    @Override
    public void requireIdle() {
        for (Object[] node : connection.rows(NODES, List.of(NodeStore.GONE_MILLIS))) {
            throw new StorageException(
                    "%s: node %s uses the database (it was seen %s seconds ago); stop all nodes. One that was killed is forgotten after %s seconds"
                            .formatted(place(), node[0], node[1], NodeStore.GONE_MILLIS / 1000));
        }
    }

    /** Logs that leave out numbers with their next op only. */
    @Override
    public void settle() {
        connection.transaction(() -> connection.run(ScopeRenewal.all()));
    }

    @Override
    public boolean isLeft() {
        return mark().filter(mark -> mark.state() == MoveMark.State.AWAY).isPresent();
    }

    @Override
    public void leave(MoveMark mark) {
        mark(mark.in(MoveMark.State.AWAY));
    }

    @Override
    public void requireUnused() {
        if (connection.number(USED) > 0) {
            throw new StorageException("%s: already holds a server's data (%s, %s); name an empty database"
                    .formatted(place(), counted("users", "user"), counted("scopes", "vault")));
        }
    }

    private String counted(String table, String noun) {
        long count = connection.number("SELECT COUNT(*) FROM " + table);
        return "%s %s%s".formatted(count, noun, count == 1 ? "" : "s");
    }

    /** Keeps what says which objects of a bucket are the server's, if that is not moved. */
    @Override
    public void begin(List<MoveTable> tables, MoveMark mark) {
        String names = tables.stream()
                .filter(table -> table.leftOut().isEmpty())
                .map(MoveTable::name)
                .collect(Collectors.joining(", "));
        connection.transaction(() -> {
            connection.run("TRUNCATE op_keys, vault_ranks, " + names);
            for (MoveTable table : tables) {
                if (!table.leftOut().isEmpty()) {
                    connection.run("DELETE FROM %s WHERE %s".formatted(table.name(), table.emptied()));
                }
            }
            connection.run("UPDATE list_counts SET users = 0, active = 0, blocked = 0, unconfirmed = 0, devices = 0,"
                    + " revoked = 0, vaults = 0");
            connection.run("DELETE FROM incarnations WHERE n > 0; UPDATE incarnations SET place = '', lost = 0");
            mark(mark);
        });
    }

    @Override
    public void add(MoveTable table, List<Object[]> added, MoveMark mark) {
        connection.transaction(() -> {
            rows.add(table, added);
            if (table.name().equals(MoveTable.CHUNKS)) {
                keys.add(added);
            }
            mark(mark);
        });
    }

    @Override
    public void continueIds(Map<String, Long> highest) {
        for (Object[] row : connection.rows(IDENTITIES, List.of())) {
            long stored = connection.number("SELECT COALESCE(MAX(%s), 0)::bigint FROM %s".formatted(row[1], row[0]));
            long last = Math.max(stored, highest.getOrDefault((String) row[0], 0L));
            connection.run("SELECT setval(?::text::regclass, ?, ?)", Tuple.of(row[2], Math.max(last, 1), last > 0));
        }
    }

    @Override
    public Optional<Long> indexedOps() {
        return Optional.of(connection.number("SELECT COUNT(*) FROM op_keys"));
    }

    /** Without statistics the first nodes would have bad plans. */
    @Override
    public void prepare(LongConsumer progress) {
        connection.run("ANALYZE");
    }

    @Override
    public void mark(MoveMark mark) {
        connection.run(
                "INSERT INTO upkeep (name, value, updated_at) VALUES (?, ?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
                Tuple.of(MoveMark.NAME, mark.text(), clock.millis()));
    }

    @Override
    public void complete(MoveMark mark) {
        mark(mark.in(MoveMark.State.DONE));
    }

    @Override
    public void close() {
        connection.close();
    }
}
