package io.verstak.server.storage.sqlite.bulk;

import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.LogRows.Wanted;
import io.verstak.server.storage.log.LogTransaction;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.sqlite.SqliteLogRows;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Writes op logs numbered by another server exactly as pushes would have written them: through the same group, with the
 * same links, digests and keys. Sequences are kept; {@code scopes.imported_head} marks the range that may have gaps.
 */
public final class LogBulkLoader {
    private static final int GROUP_OPS = 4096;
    private static final long GROUP_BYTES = 8L << 20;
    private static final int GROUPS_PER_TRANSACTION = 32;

    private final ImportDatabase database;
    private final SqliteLogRows connection;
    private final Map<Long, End> ends = new HashMap<>();
    private final Map<Long, NavigableMap<Long, Long>> days = new HashMap<>();
    private final List<Op> group = new ArrayList<>();
    private long bytes;
    private int groups;

    private record Op(long scopeId, long sequence, long deviceKey, EncodedOp op) {}

    /** Ends an imported log. */
    private record End(long sequence, long pushedAt) {}

    LogBulkLoader(ImportDatabase database, SqliteLogRows connection) {
        this.database = database;
        this.connection = connection;
    }

    /** Returns the highest sequence of a scope so far. */
    public long head(long scopeId) {
        End end = ends.get(scopeId);
        return end == null ? 0 : end.sequence();
    }

    /**
     * Appends an op.
     *
     * @param sequence above the scope's head
     * @param pushedAt milliseconds since the epoch
     */
    public void append(long scopeId, long sequence, String deviceId, EncodedOp op, long pushedAt) {
        if (sequence <= head(scopeId)) {
            throw new IllegalArgumentException("sequence %s is not above the head".formatted(sequence));
        }
        group.add(new Op(scopeId, sequence, OpCodec.deviceKey(deviceId), op));
        ends.put(scopeId, new End(sequence, pushedAt));
        days.computeIfAbsent(scopeId, scopeOfDays -> new TreeMap<>())
                .merge(TimeUnit.MILLISECONDS.toDays(pushedAt), 1L, Long::sum);
        bytes += op.json().length;
        if (group.size() >= GROUP_OPS || bytes >= GROUP_BYTES) {
            ImportDatabase.fill(this::flush);
        }
    }

    private void flush() throws SQLException {
        Set<Long> scopes = new HashSet<>();
        for (Op op : group) {
            scopes.add(op.scopeId());
        }
        LogTransaction log = new LogTransaction(connection, new Wanted(scopes, List.of(), List.of(), List.of(), 0));
        for (Op op : group) {
            ScopeTail scope = log.scope(op.scopeId());
            scope.reserveGap(op.sequence() - 1);
            log.append(scope, op.deviceKey(), op.op());
        }
        log.store(0, 0);
        group.clear();
        bytes = 0;
        groups++;
        if (groups % GROUPS_PER_TRANSACTION == 0) {
            database.pause();
        }
    }

    void finish() throws SQLException {
        flush();
        for (long scope : ends.keySet()) {
            connection.index().build(scope);
        }
        try (PreparedStatement update =
                connection.prepare("UPDATE scopes SET imported_head = ?, last_push = ? WHERE id = ?")) {
            for (Map.Entry<Long, End> end : ends.entrySet()) {
                update.setLong(1, end.getValue().sequence());
                update.setLong(2, end.getValue().pushedAt());
                update.setLong(3, end.getKey());
                update.executeUpdate();
            }
        }
        try (PreparedStatement rank = connection.prepare("""
            UPDATE vault_ranks SET operations = (SELECT s.operations FROM scopes s WHERE s.id = scope_id),
              last_push = (SELECT COALESCE(s.last_push, 0) FROM scopes s WHERE s.id = scope_id)\
            """)) {
            rank.executeUpdate();
        }
        finishDays();
    }

    /** Adds the data of the charts: operations per day, and the total by then. */
    private void finishDays() throws SQLException {
        try (PreparedStatement insert =
                connection.prepare("INSERT INTO vault_days (scope_id, day, operations, total) VALUES (?, ?, ?, ?)")) {
            for (Map.Entry<Long, NavigableMap<Long, Long>> scope : days.entrySet()) {
                long total = 0;
                for (Map.Entry<Long, Long> day : scope.getValue().entrySet()) {
                    total += day.getValue();
                    insert.setLong(1, scope.getKey());
                    insert.setLong(2, day.getKey());
                    insert.setLong(3, day.getValue());
                    insert.setLong(4, total);
                    insert.executeUpdate();
                }
            }
        }
    }
}
