package io.verstak.server.storage.files;

import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.files.FileKind;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.files.IndexChanges.Event;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the tree of a vault's files at any moment. Safe for any thread. */
public final class FileTreeStore {
    private static final String PLACE = "p.parent, p.file, p.name, p.from_seq, p.to_seq, p.node";

    /** With what a node was at a moment, or when it was taken away before that. */
    private static final String WITH_VERSION = PLACE
            + ", v.sequence, v.kind, v.size, v.sha256, v.device_id, v.made_at FROM file_places p"
            + " JOIN file_versions v ON v.scope_id = p.scope_id AND v.node = p.node AND v.sequence ="
            + " (SELECT max(w.sequence) FROM file_versions w WHERE w.scope_id = p.scope_id AND w.node = p.node"
            + " AND w.sequence <= ?)";

    private static final String THERE = " AND p.from_seq <= ? AND p.to_seq > ?";

    /** The last one who had the name, unless that is elsewhere since. */
    private static final String THERE_OR_REMOVED = " AND p.from_seq <= ?"
            + " AND p.from_seq = (SELECT max(q.from_seq) FROM file_places q WHERE q.scope_id = p.scope_id"
            + " AND q.parent = p.parent AND q.file = p.file AND q.name = p.name AND q.from_seq <= ?)"
            + " AND (p.to_seq > ? OR NOT EXISTS (SELECT 1 FROM file_places r WHERE r.scope_id = p.scope_id"
            + " AND r.node = p.node AND r.from_seq = p.to_seq))";

    private final Database database;

    /** A place, and what was there. */
    public record Found(Place place, NodeVersion version) {}

    /**
     * Where a page of a folder begins.
     *
     * @param file whether the entry before was a file: they come after the folders
     */
    public record After(boolean file, String name) {
        public static final After START = new After(false, "");
    }

    public FileTreeStore(Database database) {
        this.database = database;
    }

    /** Returns who had a name in a folder at a moment. */
    public Future<Optional<Found>> named(long scopeId, long parent, String name, long moment) {
        return database.first(
                "SELECT " + WITH_VERSION + " WHERE p.scope_id = ? AND p.parent = ? AND p.file IN (0, 1) AND p.name = ?"
                        + THERE,
                FileTreeStore::found,
                moment,
                scopeId,
                parent,
                name,
                moment,
                moment);
    }

    /** Returns what is in a folder at a moment, folders first, then by name. */
    public Future<List<Found>> children(
            long scopeId, long parent, long moment, boolean removed, After after, int limit) {
        List<Object> values = new ArrayList<>(List.of(moment, scopeId, parent, moment, moment));
        if (removed) {
            values.add(moment);
        }
        values.addAll(List.of((short) (after.file() ? 1 : 0), after.name(), limit));
        return database.list(
                "SELECT " + WITH_VERSION + " WHERE p.scope_id = ? AND p.parent = ?"
                        + (removed ? THERE_OR_REMOVED : THERE)
                        + " AND (p.file, p.name) > (?, ?) ORDER BY p.file, p.name LIMIT ?",
                FileTreeStore::found,
                values.toArray());
    }

    /**
     * Returns places whose name contains a text at a moment, in an order of their own. What lies in a folder that is gone is among
     * them.
     */
    public Future<List<Found>> containing(long scopeId, String text, long moment, @Nullable Place after, int limit) {
        List<Object> values = new ArrayList<>(List.of(moment, scopeId, moment, moment));
        values.add("%" + Place.folded(text).replaceAll("([\\\\%_])", "\\\\$1") + "%");
        if (after != null) {
            values.addAll(List.of(after.parent(), (short) (after.file() ? 1 : 0), after.name(), after.from()));
        }
        values.add(limit);
        return database.list(
                "SELECT " + WITH_VERSION + " WHERE p.scope_id = ?" + THERE
                        + " AND CASE p.folded WHEN '' THEN p.name ELSE p.folded END LIKE ? ESCAPE '\\'"
                        + (after == null ? "" : " AND (p.parent, p.file, p.name, p.from_seq) > (?, ?, ?, ?)")
                        + " ORDER BY p.parent, p.file, p.name, p.from_seq LIMIT ?",
                FileTreeStore::found,
                values.toArray());
    }

    /** Returns where a node was at a moment. */
    public Future<Optional<Place>> place(long scopeId, long node, long moment) {
        return database.first(
                "SELECT " + PLACE + " FROM file_places p WHERE p.scope_id = ? AND p.node = ?" + THERE
                        + " ORDER BY p.from_seq DESC LIMIT 1",
                FileIndexStore::place,
                scopeId,
                node,
                moment,
                moment);
    }

    /** Returns all places that had a name in one of these folders, the latest first. */
    public Future<List<Place>> everNamed(long scopeId, Collection<Long> parents, String name, int limit) {
        List<Object> values = new ArrayList<>(List.of(scopeId));
        values.addAll(parents);
        values.add(name);
        values.add(limit);
        return database.list(
                "SELECT " + PLACE + " FROM file_places p WHERE p.scope_id = ? AND p.parent IN ("
                        + Rows.marks(parents.size())
                        + ") AND p.file IN (0, 1) AND p.name = ? ORDER BY p.from_seq DESC LIMIT ?",
                FileIndexStore::place,
                values.toArray());
    }

    /** Returns all places of a node, the latest first. */
    public Future<List<Place>> placesOf(long scopeId, long node, int limit) {
        return database.list(
                "SELECT " + PLACE + " FROM file_places p WHERE p.scope_id = ? AND p.node = ?"
                        + " ORDER BY p.from_seq DESC LIMIT ?",
                FileIndexStore::place,
                scopeId,
                node,
                limit);
    }

    /** Returns whether a Deal is there now, whatever its name is. */
    public Future<Boolean> hasDeal(long scopeId, String deal) {
        return database.exist(
                "SELECT 1 FROM file_deals d JOIN file_places p ON p.scope_id = d.scope_id AND p.node = d.node"
                        + " WHERE d.scope_id = ? AND d.deal = ? AND p.to_seq = " + Place.STILL,
                scopeId,
                deal);
    }

    /** Returns the versions of a node between two sequences, both included, the latest first. */
    public Future<List<NodeVersion>> versions(long scopeId, long node, long from, long to, int limit) {
        return database.list(
                "SELECT v.node, v.sequence, v.kind, v.size, v.sha256, v.device_id, v.made_at FROM file_versions v"
                        + " WHERE v.scope_id = ? AND v.node = ? AND v.sequence >= ? AND v.sequence <= ?"
                        + " ORDER BY v.sequence DESC LIMIT ?",
                FileTreeStore::version,
                scopeId,
                node,
                from,
                to,
                limit);
    }

    /** Returns who moved or removed something by these ops; an op that did something else is missing. */
    public Future<List<Event>> events(long scopeId, Collection<Long> sequences) {
        if (sequences.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        List<Object> values = new ArrayList<>(List.of(scopeId));
        values.addAll(sequences);
        return database.list(
                "SELECT sequence, device_id, made_at FROM file_events WHERE scope_id = ? AND sequence IN ("
                        + Rows.marks(sequences.size()) + ")",
                row -> new Event(row.getLong("sequence"), row.getString("device_id"), row.getLong("made_at")),
                values.toArray());
    }

    /** Returns the sequence of the first op after a time; empty: there is none. */
    public Future<Optional<Long>> firstAfter(long scopeId, long time) {
        return database.first(
                "SELECT sequence FROM file_times WHERE scope_id = ? AND time > ? ORDER BY time, sequence LIMIT 1",
                row -> row.getLong("sequence"),
                scopeId,
                time);
    }

    /** Returns the latest time of the ops up to a sequence; empty: there are none. */
    public Future<Optional<Long>> timeAt(long scopeId, long sequence) {
        return database.first(
                "SELECT time FROM file_times WHERE scope_id = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1",
                row -> row.getLong("time"),
                scopeId,
                sequence);
    }

    private static Found found(Row row) {
        return new Found(FileIndexStore.place(row), version(row));
    }

    private static NodeVersion version(Row row) {
        String sha256 = row.getString("sha256");
        return new NodeVersion(
                row.getLong("node"),
                row.getLong("sequence"),
                FileKind.of(row.getInteger("kind")),
                row.getLong("size"),
                sha256.isEmpty() ? null : new Sha256(sha256),
                row.getString("device_id"),
                row.getLong("made_at"));
    }
}
