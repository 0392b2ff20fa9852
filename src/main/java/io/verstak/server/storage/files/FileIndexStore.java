package io.verstak.server.storage.files;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Dialect;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.files.IndexChanges.Event;
import io.verstak.server.storage.files.IndexChanges.Time;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes the index of vaults' files, and reads what is needed for that. A batch of ops, its rows and the cursor change in one
 * transaction. Safe for any thread.
 */
public final class FileIndexStore {
    /** Of a query for places. */
    private static final int MOST_KEYS = 1_000;

    /** Of rows that are deleted in a transaction. */
    private static final int SLICE = 20_000;

    /** The last place with each name, if it is still there. The keys are a JSON array of pairs. */
    private static final String OPEN =
            "WITH k AS (SELECT CAST(value ->> 0 AS BIGINT) AS parent, value ->> 1 AS name FROM %s)"
                    + " SELECT p.parent, p.file, p.name, p.from_seq, p.to_seq, p.node"
                    + " FROM k CROSS JOIN (SELECT 0 AS file UNION ALL SELECT 1) f CROSS JOIN file_places p"
                    + " WHERE p.scope_id = ? AND p.parent = k.parent AND p.file = f.file AND p.name = k.name"
                    + " AND p.from_seq = (SELECT max(q.from_seq) FROM file_places q WHERE q.scope_id = p.scope_id"
                    + " AND q.parent = k.parent AND q.file = f.file AND q.name = k.name) AND p.to_seq = "
                    + Place.STILL;

    /** By columns that say which row it is. */
    private static final Map<String, String> TABLES = Map.of(
            "file_places", "parent, file, name, from_seq",
            "file_versions", "node, sequence",
            "file_events", "sequence",
            "file_deals", "deal",
            "file_times", "sequence");

    private final Database database;

    public FileIndexStore(Database database) {
        this.database = database;
    }

    /** Returns how far the index of a vault is; empty: there is none. */
    public Future<Optional<IndexCursor>> cursor(long scopeId) {
        return database.first(
                "SELECT scope_id, format, log_id, sequence, next_node, other_changes, last_time FROM file_indexes WHERE scope_id = ?",
                FileIndexStore::cursor,
                scopeId);
    }

    /** Returns the sequences of the last ops that these vaults' indexes contain; what has no index is missing. */
    public Future<Map<Long, Long>> sequences(Collection<Long> scopeIds) {
        if (scopeIds.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        return database.list(
                        "SELECT scope_id, sequence FROM file_indexes WHERE scope_id IN (" + Rows.marks(scopeIds.size())
                                + ")",
                        row -> Map.entry(row.getLong("scope_id"), row.getLong("sequence")),
                        scopeIds.toArray())
                .map(found -> found.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Returns the numbers of vaults with an index, ascending, from behind one. */
    public Future<List<Long>> scopesAfter(long scopeId, int limit) {
        return database.list(
                "SELECT scope_id FROM file_indexes WHERE scope_id > ? ORDER BY scope_id LIMIT ?",
                row -> row.getLong("scope_id"),
                scopeId,
                limit);
    }

    /** Begins the index of a vault, which has none. Another process may have begun it: then nothing changes. */
    public Future<Void> begin(IndexCursor first) {
        return database.run(
                "INSERT INTO file_indexes (scope_id, format, log_id, sequence, next_node, other_changes, last_time)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scope_id) DO NOTHING",
                first.scopeId(),
                first.format(),
                first.logId(),
                first.sequence(),
                first.nextNode(),
                first.otherChanges(),
                first.lastTime());
    }

    /**
     * Deletes the index of a vault, some rows at a time, unless another process has deleted it since it was seen. A kill amid it leaves
     * an index of no format, which is deleted on.
     */
    public Future<Void> delete(IndexCursor seen) {
        return database.update(
                        "UPDATE file_indexes SET format = 0 WHERE scope_id = ? AND format = ? AND log_id = ?",
                        seen.scopeId(),
                        seen.format(),
                        seen.logId())
                .compose(ours -> {
                    if (ours == 0) {
                        return Future.succeededFuture();
                    }
                    Future<Void> done = Future.succeededFuture();
                    for (Map.Entry<String, String> table : TABLES.entrySet()) {
                        done = done.compose(before -> deleteRows(seen.scopeId(), table.getKey(), table.getValue()));
                    }
                    return done.compose(before -> database.run(
                            "DELETE FROM file_indexes WHERE scope_id = ? AND format = 0 AND log_id = ?",
                            seen.scopeId(),
                            seen.logId()));
                });
    }

    /** Another process may have deleted the rest and begun the index again: then its rows stay. */
    private Future<Void> deleteRows(long scopeId, String table, String key) {
        return database.write(connection -> Rows.exist(
                                connection,
                                "SELECT 1 FROM file_indexes WHERE scope_id = ? AND format = 0"
                                        + database.dialect().lock(),
                                scopeId)
                        .compose(deleting -> deleting
                                ? Rows.update(
                                        connection,
                                        "DELETE FROM %s WHERE scope_id = ? AND (%s) IN (SELECT %s FROM %s WHERE scope_id = ? LIMIT %s)"
                                                .formatted(table, key, key, table, SLICE),
                                        scopeId,
                                        scopeId)
                                : Future.succeededFuture(0)))
                .compose(deleted -> deleted < SLICE ? Future.succeededFuture() : deleteRows(scopeId, table, key));
    }

    /** Returns the places that have these names now; a name that nobody has is missing. */
    public Future<Map<Place.Key, Place>> open(long scopeId, Collection<Place.Key> keys) {
        List<Place.Key> all = List.copyOf(keys);
        Map<Place.Key, Place> found = new HashMap<>();
        Future<Void> done = Future.succeededFuture();
        for (int from = 0; from < all.size(); from += MOST_KEYS) {
            List<Place.Key> some = all.subList(from, Math.min(all.size(), from + MOST_KEYS));
            done = done.compose(before -> places(scopeId, some)).map(places -> {
                places.forEach(place -> found.put(place.key(), place));
                return null;
            });
        }
        return done.map(found);
    }

    private Future<List<Place>> places(long scopeId, List<Place.Key> keys) {
        JsonArray asked = new JsonArray();
        keys.forEach(key -> asked.add(new JsonArray().add(key.parent()).add(key.name())));
        return database.list(
                OPEN.formatted(
                        database.dialect() == Dialect.SQLITE
                                ? "json_each(?)"
                                : "json_array_elements(CAST(CAST(? AS text) AS json)) AS each (value)"),
                FileIndexStore::place,
                asked.encode(),
                scopeId);
    }

    /** Returns where a node was last. */
    public Future<Optional<Place>> last(long scopeId, long node) {
        return database.first(
                "SELECT parent, file, name, from_seq, to_seq, node FROM file_places WHERE scope_id = ? AND node = ?"
                        + " ORDER BY from_seq DESC LIMIT 1",
                FileIndexStore::place,
                scopeId,
                node);
    }

    /** Returns the node of a Deal. */
    public Future<Optional<Long>> deal(long scopeId, String id) {
        return database.first(
                "SELECT node FROM file_deals WHERE scope_id = ? AND deal = ?", row -> row.getLong("node"), scopeId, id);
    }

    /** Writes the changes, unless another process has changed the index since: then nothing changes, and it returns false. */
    public Future<Boolean> apply(IndexCursor before, IndexCursor after, IndexChanges changes) {
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE file_indexes SET sequence = ?, next_node = ?, other_changes = ?, last_time = ?"
                                + " WHERE scope_id = ? AND sequence = ? AND log_id = ? AND format = ?",
                        after.sequence(),
                        after.nextNode(),
                        after.otherChanges(),
                        after.lastTime(),
                        before.scopeId(),
                        before.sequence(),
                        before.logId(),
                        before.format())
                .compose(updated -> updated == 0
                        ? Future.succeededFuture(false)
                        : write(connection, before.scopeId(), changes).map(true)));
    }

    private static Future<Void> write(SqlConnection connection, long scopeId, IndexChanges changes) {
        return batch(
                        connection,
                        "UPDATE file_places SET to_seq = ? WHERE scope_id = ? AND parent = ? AND file = ? AND name = ? AND from_seq = ?",
                        changes.closed(),
                        place -> Tuple.of(place.to(), scopeId, place.parent(), file(place), place.name(), place.from()))
                .compose(closed -> batch(
                        connection,
                        "INSERT INTO file_places (scope_id, parent, file, name, from_seq, to_seq, node, folded)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        changes.opened(),
                        place -> Tuple.from(List.of(
                                scopeId,
                                place.parent(),
                                file(place),
                                place.name(),
                                place.from(),
                                place.to(),
                                place.node(),
                                place.foldedName()))))
                .compose(opened -> batch(
                        connection,
                        "INSERT INTO file_versions (scope_id, node, sequence, kind, size, sha256, device_id, made_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        changes.versions(),
                        version -> Tuple.from(List.of(
                                scopeId,
                                version.node(),
                                version.sequence(),
                                (short) version.kind().number(),
                                version.size(),
                                version.sha256() == null ? "" : version.sha256().hex(),
                                version.deviceId(),
                                version.madeAt()))))
                .compose(versions -> batch(
                        connection,
                        "INSERT INTO file_events (scope_id, sequence, device_id, made_at) VALUES (?, ?, ?, ?)",
                        changes.events(),
                        (Event event) -> Tuple.of(scopeId, event.sequence(), event.deviceId(), event.madeAt())))
                .compose(events -> batch(
                        connection,
                        "INSERT INTO file_deals (scope_id, deal, node) VALUES (?, ?, ?)"
                                + " ON CONFLICT (scope_id, deal) DO UPDATE SET node = excluded.node",
                        List.copyOf(changes.deals().entrySet()),
                        deal -> Tuple.of(scopeId, deal.getKey(), deal.getValue())))
                .compose(deals -> batch(
                        connection,
                        "INSERT INTO file_times (scope_id, sequence, time) VALUES (?, ?, ?)",
                        changes.times(),
                        (Time time) -> Tuple.of(scopeId, time.sequence(), time.time())));
    }

    private static <T> Future<Void> batch(
            SqlConnection connection, String sql, List<T> rows, Function<T, Tuple> values) {
        return rows.isEmpty()
                ? Future.succeededFuture()
                : connection
                        .preparedQuery(sql)
                        .executeBatch(rows.stream().map(values).toList())
                        .mapEmpty();
    }

    private static short file(Place place) {
        return (short) (place.file() ? 1 : 0);
    }

    static Place place(Row row) {
        return new Place(
                row.getLong("parent"),
                row.getInteger("file") == 1,
                row.getString("name"),
                row.getLong("from_seq"),
                row.getLong("to_seq"),
                row.getLong("node"));
    }

    private static IndexCursor cursor(Row row) {
        return new IndexCursor(
                row.getLong("scope_id"),
                row.getInteger("format"),
                row.getString("log_id"),
                row.getLong("sequence"),
                row.getLong("next_node"),
                row.getLong("other_changes"),
                row.getLong("last_time"));
    }
}
