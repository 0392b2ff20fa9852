package io.verstak.server.storage.sqlite.index;

import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.RecentOps;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The rows of runs. A run exists when its row does: parts without one are what a merge, or a kill, has left. */
final class RunTable {
    private static final int PART_BITS = RunParts.RUN_SHIFT;

    /** The rows of a scope's runs, for {@link #run}. */
    static final String SELECT = "SELECT id, first_seq, last_seq, ops, op_fences, entity_fences, filter"
            + " FROM key_runs WHERE scope_id = ? ORDER BY first_seq, last_seq";

    private static final String UNUSED = """
            WITH RECURSIVE found (run) AS (
              SELECT MIN(id) >> %1$s FROM key_parts UNION ALL
              SELECT (SELECT MIN(p.id) >> %1$s FROM key_parts p WHERE p.id >= (found.run + 1) << %1$s) FROM found
              WHERE found.run IS NOT NULL)
            SELECT run FROM found WHERE run IS NOT NULL AND run NOT IN (SELECT id FROM key_runs)\
            """.formatted(PART_BITS);

    private final Connection connection;
    private final PreparedStatement select;
    private final PreparedStatement heads;
    private final PreparedStatement anyOp;
    private final PreparedStatement insert;
    private final PreparedStatement delete;
    private long lastId;

    RunTable(Connection connection) throws SQLException {
        this.connection = connection;
        select = connection.prepareStatement(SELECT);
        heads = connection.prepareStatement("SELECT id, head FROM chunks WHERE id > ? AND id <= ? ORDER BY id");
        anyOp = connection.prepareStatement("SELECT 1 FROM chunks WHERE id > ? AND id <= ? LIMIT 1");
        insert = connection.prepareStatement("INSERT INTO key_runs"
                + " (id, scope_id, first_seq, last_seq, ops, op_fences, entity_fences, filter)"
                + " SELECT ?, id, ?, ?, ?, ?, ?, ? FROM scopes WHERE id = ?");
        delete = connection.prepareStatement("DELETE FROM key_runs WHERE id = ?");
        lastId = Math.max(
                number("SELECT COALESCE(MAX(id), 0) FROM key_runs"),
                number("SELECT COALESCE(MAX(id) >> %s, 0) FROM key_parts".formatted(PART_BITS)));
    }

    private long number(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.getLong(1);
        }
    }

    /** Returns a number that no run has had, as far as anything of it is left. */
    long nextId() {
        return ++lastId;
    }

    /** Reads ops above the runs of a scope from the heads of their chunks, until there are enough or no more. */
    void readRecent(ScopeKeys scope, int enough) throws SQLException {
        long end = scope.runsEnd();
        RecentOps recent = scope.recent();
        heads.setLong(1, ChunkIds.of(scope.scopeId(), end));
        heads.setLong(2, ChunkIds.last(scope.scopeId()));
        try (ResultSet row = heads.executeQuery()) {
            while (recent.size() < enough && row.next()) {
                ChunkHead head = new ChunkHead(ChunkIds.sequence(row.getLong(1)), row.getBytes(2));
                for (int i = head.firstAbove(end); i < head.ops(); i++) {
                    recent.add(head.sequence(i), head.opKey(i), head.entityKey(i), head.deviceKey(i));
                }
                scope.added(ChunkIds.sequence(row.getLong(1)), head.isSmall());
            }
        }
    }

    /** Returns whether a scope has ops: those of a deleted vault go before its runs. */
    boolean hasOps(long scopeId) throws SQLException {
        anyOp.setLong(1, ChunkIds.of(scopeId, 0));
        anyOp.setLong(2, ChunkIds.last(scopeId));
        try (ResultSet row = anyOp.executeQuery()) {
            return row.next();
        }
    }

    /** Reads the runs of a scope. */
    List<KeyRun> runs(long scopeId) throws SQLException {
        List<KeyRun> runs = new ArrayList<>();
        select.setLong(1, scopeId);
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                runs.add(run(row, scopeId));
            }
        }
        return runs;
    }

    /** Reads the row of a run: its number, sequences, number of ops, fences and filter, in this order. */
    static KeyRun run(ResultSet row, long scopeId) throws SQLException {
        return new KeyRun(
                row.getLong(1),
                scopeId,
                row.getLong(2),
                row.getLong(3),
                row.getInt(4),
                longs(row.getBytes(5)),
                longs(row.getBytes(6)),
                BloomFilter.of(row.getBytes(7)));
    }

    /** Adds a run. Returns false if its scope does not exist any more. */
    boolean insert(KeyRun run) throws SQLException {
        insert.setLong(1, run.id());
        insert.setLong(2, run.firstSequence());
        insert.setLong(3, run.lastSequence());
        insert.setLong(4, run.ops());
        insert.setBytes(5, bytes(run.opFences()));
        insert.setBytes(6, bytes(run.entityFences()));
        insert.setBytes(7, run.filter().bytes());
        insert.setLong(8, run.scopeId());
        return insert.executeUpdate() > 0;
    }

    /** Replaces runs by one. Returns false if their scope does not exist any more. */
    boolean replace(List<KeyRun> inputs, KeyRun result) throws SQLException {
        for (KeyRun input : inputs) {
            delete.setLong(1, input.id());
            delete.executeUpdate();
        }
        return insert(result);
    }

    /** Returns the numbers of runs of which there are parts and no row. */
    List<Long> unused() throws SQLException {
        List<Long> unused = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(UNUSED);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                unused.add(row.getLong(1));
            }
        }
        return unused;
    }

    private static byte[] bytes(long[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES);
        bytes.asLongBuffer().put(numbers);
        return bytes.array();
    }

    private static long[] longs(byte[] bytes) {
        long[] numbers = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(numbers);
        return numbers;
    }
}
