package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.postgresql.LogConnection.Statement;
import io.verstak.server.storage.postgresql.failover.ScopeRenewal;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The scopes, which a transaction locks before it reads anything of them. */
final class ScopeTable {
    private static final String LOCK =
            "SELECT id, log_id, head, counter, chain, incarnation FROM scopes WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE";

    private static final String LOCK_FREE = LOCK + " SKIP LOCKED";

    private static final String WAIT_FOR_LOCKS = "SET LOCAL lock_timeout = '250ms'";

    private static final String EXISTING = "SELECT id FROM scopes WHERE id = ANY($1)";

    private static final String UPDATE = """
            UPDATE scopes s SET head = w.head, counter = w.counter, chain = w.chain, operations = s.operations + w.added,
              last_push = $6
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[]) AS w (id, head, counter, chain, added)
            WHERE s.id = w.id""";

    private final LogConnection connection;
    private final ScopeRenewal renewal = new ScopeRenewal();
    private String lock = LOCK;

    ScopeTable(LogConnection connection) {
        this.connection = connection;
    }

    /**
     * Begins a transaction with the statements that are sent next.
     *
     * @param waits a moment for scopes that another node writes to, and then fails ({@code 55P03}); or passes over them
     */
    void begin(boolean waits) {
        connection.begin();
        lock = waits ? LOCK : LOCK_FREE;
        if (waits) {
            connection.add(WAIT_FOR_LOCKS, Tuple.tuple());
        }
    }

    /** Locks scopes in the order of their ids, and reads their ends, which {@link #tails} returns. */
    Statement lock(Collection<Long> scopes) {
        return connection.add(lock, ids(scopes));
    }

    /** Returns the ends of scopes as their next ops have to see them. */
    Map<Long, ScopeTail> tails(RowSet<Row> rows) {
        Map<Long, ScopeTail> found = new HashMap<>();
        for (Row row : rows) {
            long id = row.getLong(0);
            found.put(
                    id,
                    renewal.tail(
                            connection.incarnation(),
                            id,
                            row.getString(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getBuffer(4),
                            row.getLong(5)));
        }
        return found;
    }

    /** Returns the scopes that exist and were passed over. Asks only if some were not locked. */
    Set<Long> busy(Collection<Long> wanted, Set<Long> locked) {
        Set<Long> busy = new HashSet<>(wanted);
        busy.removeAll(locked);
        if (busy.isEmpty()) {
            return Set.of();
        }
        Statement existing = connection.add(EXISTING, ids(busy));
        connection.send();
        busy.clear();
        for (Row row : existing.rows()) {
            busy.add(row.getLong(0));
        }
        return busy;
    }

    /** Stores the numbers that scopes, which are locked, leave out after a fail-over. */
    void renew(Collection<ScopeTail> scopes, long now) {
        renewal.store(scopes, now, connection::add);
    }

    /** Forgets what a transaction has not stored. */
    void clear() {
        renewal.clear();
    }

    /** Moves the ends of scopes, which are locked. */
    void store(Collection<ScopeTail> scopes, long now) {
        renew(scopes, now);
        connection.add(
                UPDATE,
                Tuple.tuple()
                        .addArrayOfLong(array(scopes, ScopeTail::scopeId))
                        .addArrayOfLong(array(scopes, ScopeTail::head))
                        .addArrayOfLong(array(scopes, ScopeTail::counter))
                        .addArrayOfBuffer(scopes.stream()
                                .map(scope -> Buffer.buffer(scope.chain()))
                                .toArray(Buffer[]::new))
                        .addArrayOfLong(array(scopes, ScopeTail::appended))
                        .addLong(now));
    }

    private static Tuple ids(Collection<Long> ids) {
        return Tuple.tuple().addArrayOfLong(ids.toArray(Long[]::new));
    }

    private static Long[] array(Collection<ScopeTail> scopes, Function<ScopeTail, Long> column) {
        return scopes.stream().map(column).toArray(Long[]::new);
    }
}
