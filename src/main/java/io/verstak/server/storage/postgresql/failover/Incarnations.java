package io.verstak.server.storage.postgresql.failover;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node knows of the incarnations of its database. A connection is asked before it writes to a log: the first node that finds the
 * database elsewhere than its last row says, on another timeline or restored, adds a row, under a lock. Since no connection survives a
 * promotion, each op that is stored after it respects the row. Safe for any thread.
 */
public final class Incarnations {
    private static final Logger LOG = LoggerFactory.getLogger(Incarnations.class);

    /** Fails on a standby. */
    private static final String PLACE = """
            SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || '/' || d.oid AS place
            FROM pg_database d WHERE d.datname = current_database()""";

    private static final String ROWS = "SELECT n, id, place, lost FROM incarnations ORDER BY n";

    /** The last incarnation in which an op was acknowledged that is missing. A vault says nothing if its user was deleted: its rows go one by one. */
    private static final String LOST_FROM = """
            SELECT max(w.n) AS n
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS w (scope_id, op_key, seq, n)
            JOIN scopes s ON s.id = w.scope_id
            JOIN users u ON u.id = s.user_id
            WHERE NOT EXISTS (
              SELECT 1 FROM op_keys k WHERE k.scope_id = w.scope_id AND k.op_key = w.op_key AND k.seq = w.seq)""";

    private final boolean automatic;
    private final Map<Object, Acknowledged> acknowledged = new ConcurrentHashMap<>();
    private volatile @Nullable Entry known;
    private volatile Incarnation current = Incarnation.FIRST;

    private record Entry(long number, String id, String place, boolean lost) {}

    private record Acknowledged(Witness witness, long incarnation) {}

    /** @param lostFrom the incarnation of an acknowledged op that is missing; null: there is none */
    private record Found(
            List<Entry> entries, String place, @Nullable Long lostFrom) {
        Entry last() {
            return entries.get(entries.size() - 1);
        }

        /** Another node may have found the same loss. */
        boolean isLossNews() {
            Long from = lostFrom;
            return from != null && entries.stream().noneMatch(entry -> entry.lost() && entry.number() > from);
        }
    }

    /** @param automatic whether to find them; otherwise only those count that somebody has added by hand */
    public Incarnations(boolean automatic) {
        this.automatic = automatic;
    }

    /** Returns the last one that this node has heard of. */
    public Incarnation current() {
        return current;
    }

    /** Notes what a writer has acknowledged last, on a connection that has found this incarnation. */
    public void acknowledged(Object writer, Witness witness, Incarnation of) {
        acknowledged.put(writer, new Acknowledged(witness, of.number()));
    }

    /** Finds out on a connection which incarnation its database is, and adds a row if it is a new one. Fails if the database is a standby. */
    public Future<Incarnation> join(SqlConnection connection) {
        return look(connection).compose(found -> {
            if (news(found).isPresent()) {
                return register(connection).map(this::remember);
            }
            return adopt(connection, found).map(found).map(this::remember);
        });
    }

    private Future<Found> look(SqlConnection connection) {
        List<Acknowledged> witnesses = List.copyOf(acknowledged.values());
        Future<RowSet<Row>> rows = connection.preparedQuery(ROWS).execute();
        Future<String> place = automatic
                ? connection
                        .preparedQuery(PLACE)
                        .execute()
                        .map(one -> first(one).getString("place"))
                : Future.succeededFuture("");
        Future<@Nullable Long> lost = witnesses.isEmpty() || !automatic
                ? Future.succeededFuture()
                : connection
                        .preparedQuery(LOST_FROM)
                        .execute(Tuple.tuple()
                                .addArrayOfLong(
                                        array(witnesses, one -> one.witness().scopeId()))
                                .addArrayOfLong(
                                        array(witnesses, one -> one.witness().opKey()))
                                .addArrayOfLong(
                                        array(witnesses, one -> one.witness().sequence()))
                                .addArrayOfLong(array(witnesses, Acknowledged::incarnation)))
                        .map(one -> first(one).getLong("n"));
        return Future.join(rows, place, lost)
                .map(all -> new Found(entries(rows.result()), place.result(), lost.result()));
    }

    private static Long[] array(List<Acknowledged> witnesses, Function<Acknowledged, Long> column) {
        return witnesses.stream().map(column).toArray(Long[]::new);
    }

    private static Row first(RowSet<Row> rows) {
        return rows.iterator().next();
    }

    private static List<Entry> entries(RowSet<Row> rows) {
        List<Entry> entries = new ArrayList<>(rows.size());
        for (Row row : rows) {
            entries.add(new Entry(
                    row.getLong("n"), row.getString("id"), row.getString("place"), row.getInteger("lost") != 0));
        }
        return entries;
    }

    /** Returns why this is a new incarnation, for a person. */
    private Optional<String> news(Found found) {
        if (!automatic) {
            return Optional.empty();
        }
        Entry last = found.last();
        Entry before = known;
        if (found.isLossNews()) {
            return Optional.of("PostgreSQL was set back: it lacks operations that were acknowledged");
        }
        if (!last.place().isEmpty() && !last.place().equals(found.place())) {
            return Optional.of(
                    "PostgreSQL was promoted or restored (%s after %s)".formatted(found.place(), last.place()));
        }
        boolean gone = before != null
                && found.entries().stream()
                        .noneMatch(entry ->
                                entry.number() == before.number() && entry.id().equals(before.id()));
        return gone ? Optional.of("PostgreSQL was set back to before its last promotion or restore") : Optional.empty();
    }

    /** Looks again under the lock: another node may have been first. */
    private Future<Found> register(SqlConnection connection) {
        return connection
                .query("BEGIN READ WRITE; LOCK TABLE incarnations IN SHARE ROW EXCLUSIVE MODE")
                .execute()
                .compose(locked -> look(connection))
                .compose(found ->
                        news(found).map(why -> add(connection, found, why)).orElse(Future.succeededFuture()))
                .compose(added -> connection.query("COMMIT").execute())
                .recover(failure ->
                        connection.query("ROLLBACK").execute().transform(undone -> Future.failedFuture(failure)))
                .compose(committed -> look(connection));
    }

    /** The number is above all that this node has seen, too: what came with a row that is gone may have used the numbers above it. */
    private Future<Void> add(SqlConnection connection, Found found, String why) {
        Entry before = known;
        long number = Math.max(found.last().number(), before == null ? 0 : before.number()) + 1;
        String message = "%s: every log goes on at least %s higher with its next operation%s"
                .formatted(
                        why,
                        Incarnation.SKIPPED,
                        found.isLossNews() ? ", under another id, since acknowledged operations are lost" : "");
        if (found.isLossNews()) {
            LOG.error("{}", message);
        } else {
            LOG.warn("{}", message);
        }
        return connection
                .preparedQuery("INSERT INTO incarnations (n, id, place, lost, created_at)"
                        + " SELECT $1::bigint, $2, $3, $4::int, millis FROM database_clock")
                .execute(Tuple.of(number, newId(), found.place(), found.isLossNews() ? 1 : 0))
                .compose(added -> connection
                        .preparedQuery("INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)"
                                + " SELECT 'failover', '', '', '', $1, millis FROM database_clock")
                        .execute(Tuple.of(message)))
                .mapEmpty();
    }

    static String newId() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /** The first connection says where the database was when nothing had happened to it. */
    private Future<Void> adopt(SqlConnection connection, Found found) {
        if (!automatic || !found.last().place().isEmpty()) {
            return Future.succeededFuture();
        }
        return connection
                .query("BEGIN READ WRITE")
                .execute()
                .compose(begun -> connection
                        .preparedQuery("UPDATE incarnations SET place = $1 WHERE n = $2 AND place = ''")
                        .execute(Tuple.of(found.place(), found.last().number())))
                .compose(noted -> connection.query("COMMIT").execute())
                .recover(failure ->
                        connection.query("ROLLBACK").execute().transform(undone -> Future.failedFuture(failure)))
                .mapEmpty();
    }

    private synchronized Incarnation remember(Found found) {
        Entry last = found.last();
        Entry before = known;
        if (before == null || last.number() >= before.number()) {
            known = last;
            Entry lost = found.entries().stream()
                    .filter(Entry::lost)
                    .reduce((earlier, later) -> later)
                    .orElse(null);
            current = new Incarnation(last.number(), lost == null ? -1 : lost.number(), lost == null ? "" : lost.id());
        }
        return current;
    }
}
