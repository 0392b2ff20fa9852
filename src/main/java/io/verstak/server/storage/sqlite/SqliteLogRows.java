package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.ChainedOp;
import io.verstak.server.storage.log.LogKey;
import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.OpHeader;
import io.verstak.server.storage.log.OpRow;
import io.verstak.server.storage.log.ScopeTail;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The writer's connection and its prepared statements. Not safe for several threads. */
public final class SqliteLogRows implements LogRows, AutoCloseable {
    private final Connection connection;
    private final Statement control;
    private final KeyedQuery scopes;
    private final KeyedQuery knownOps;
    private final KeyedQuery chainedOps;
    private final KeyedQuery entities;
    private final KeyedQuery blobSizes;
    private final KeyedQuery answeredRequests;
    private final KeptAnswers answers;
    private final PreparedStatement insertOp;
    private final PreparedStatement insertKey;
    private final PreparedStatement upsertEntity;
    private final PreparedStatement updateScope;

    public SqliteLogRows(Connection connection) throws SQLException {
        this.connection = connection;
        control = connection.createStatement();
        scopes = new KeyedQuery(
                connection,
                1,
                "SELECT s.id, s.log_id, s.head, s.counter, s.chain FROM wanted w CROSS JOIN scopes s ON s.id = w.k1");
        knownOps = new KeyedQuery(connection, 2, """
            SELECT k.scope_id, k.op_key, o.seq, o.content, o.json FROM wanted w
            CROSS JOIN op_keys k ON k.scope_id = w.k1 AND k.op_key = w.k2
            CROSS JOIN ops o ON o.scope_id = k.scope_id AND o.seq = k.seq\
            """);
        chainedOps = new KeyedQuery(connection, 2, """
            SELECT o.scope_id, o.seq, o.device_key, o.prev, o.prev_other, substr(o.json, 1, %s) FROM wanted w
            CROSS JOIN ops o ON o.scope_id = w.k1 AND o.seq = w.k2\
            """.formatted(OpHeader.MAX_BYTES));
        entities = new KeyedQuery(connection, 2, """
            SELECT e.scope_id, e.entity_key, e.last_seq, e.last_device, e.last_other FROM wanted w
            CROSS JOIN entities e ON e.scope_id = w.k1 AND e.entity_key = w.k2\
            """);
        blobSizes = new KeyedQuery(connection, 2, """
            SELECT r.scope_id, r.sha256, r.size FROM wanted w
            CROSS JOIN blob_refs r ON r.scope_id = w.k1 AND r.sha256 = w.k2\
            """);
        answeredRequests = new KeyedQuery(connection, 3, """
            SELECT i.device_id, i.key, i.request FROM wanted w
            CROSS JOIN idempotency_keys i ON i.device_id = w.k1 AND i.key = w.k2 AND i.created_at > w.k3\
            """);
        answers = new KeptAnswers(connection);
        insertOp = connection.prepareStatement(
                "INSERT INTO ops"
                        + " (scope_id, seq, device_key, prev, prev_other, content, chain, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        insertKey = connection.prepareStatement("INSERT INTO op_keys (scope_id, op_key, seq) VALUES (?, ?, ?)");
        upsertEntity = connection.prepareStatement("""
            INSERT INTO entities (scope_id, entity_key, last_seq, last_device, last_other) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (scope_id, entity_key) DO UPDATE SET last_seq = excluded.last_seq,
              last_device = excluded.last_device, last_other = excluded.last_other\
            """);
        updateScope = connection.prepareStatement("UPDATE scopes SET head = ?, counter = ?, chain = ?,"
                + " operations = operations + ?, last_push = ? WHERE id = ?");
    }

    /** Prepares a statement that is used once. */
    public PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    /**
     * Begins a transaction in SQL: with JDBC's own transactions, the driver would begin the next one immediately and
     * keep the lock.
     */
    void begin() throws SQLException {
        control.execute(Sqlite.BEGIN);
    }

    void commit() throws SQLException {
        control.execute("COMMIT");
    }

    /** Rolls the transaction back, unless SQLite has done so itself, as it does on a full disk. */
    void rollback() throws SQLException {
        try {
            control.execute("ROLLBACK");
        } catch (SQLException failure) {
            if (!String.valueOf(failure.getMessage()).contains("no transaction is active")) {
                throw failure;
            }
        }
    }

    @Override
    public Stored load(Wanted wanted) {
        try {
            Stored found = new Stored(
                    scopes(wanted.scopes()), new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
            knownOps.each(wanted.ops(), SqliteLogRows::bind, row -> found.ops().put(key(row), knownOp(row)));
            entities.each(
                    wanted.entities(),
                    SqliteLogRows::bind,
                    row -> found.entities()
                            .put(key(row), new EntityEnd(row.getLong(3), row.getLong(4), row.getLong(5))));
            blobSizes.each(
                    wanted.blobs(),
                    (statement, at, key) -> {
                        statement.setLong(at, key.scopeId());
                        statement.setString(at + 1, key.sha256().hex());
                    },
                    row -> found.blobSizes()
                            .put(new BlobKey(row.getLong(1), new Sha256(row.getString(2))), row.getLong(3)));
            answeredRequests.each(
                    wanted.answers(),
                    (statement, at, key) -> {
                        statement.setString(at, key.deviceId());
                        statement.setString(at + 1, key.key());
                        statement.setLong(at + 2, wanted.answersSince());
                    },
                    row -> found.answers().put(new AnswerKey(row.getString(1), row.getString(2)), row.getString(3)));
            return found;
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    private static LogKey key(ResultSet row) throws SQLException {
        return new LogKey(row.getLong(1), row.getLong(2));
    }

    private static KnownOp knownOp(ResultSet row) throws SQLException {
        return new KnownOp(OpHeader.parse(row.getBytes(5)).opId(), row.getLong(3), row.getBytes(4));
    }

    private static void bind(PreparedStatement statement, int at, LogKey key) throws SQLException {
        statement.setLong(at, key.scopeId());
        statement.setLong(at + 1, key.number());
    }

    /** Reads the ends of the logs. Fails if a scope does not exist. */
    Map<Long, ScopeTail> scopes(Collection<Long> ids) throws SQLException {
        Map<Long, ScopeTail> found = new HashMap<>();
        scopes.each(
                ids,
                PreparedStatement::setLong,
                row -> found.put(
                        row.getLong(1),
                        new ScopeTail(
                                row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4), row.getBytes(5))));
        for (long id : ids) {
            if (!found.containsKey(id)) {
                throw new SQLException("no scope " + id);
            }
        }
        return found;
    }

    @Override
    public Map<LogKey, ChainedOp> chainedOps(Collection<LogKey> sequences) {
        Map<LogKey, ChainedOp> found = new HashMap<>();
        try {
            chainedOps.each(
                    sequences,
                    SqliteLogRows::bind,
                    row -> found.put(
                            key(row),
                            new ChainedOp(
                                    row.getLong(3), row.getLong(4), row.getLong(5), OpHeader.parse(row.getBytes(6)))));
            for (LogKey key : sequences) {
                if (!found.containsKey(key)) {
                    throw new SQLException("scope %s lacks op %s".formatted(key.scopeId(), key.number()));
                }
            }
            return found;
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    @Override
    public byte[] answer(AnswerKey key) {
        try {
            return answers.get(key);
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    @Override
    public void store(Changes changes) {
        try {
            for (OpRow row : changes.ops()) {
                addOp(row);
            }
            insertOp.executeBatch();
            for (Map.Entry<LogKey, Long> sequence : changes.sequences()) {
                bind(insertKey, 1, sequence.getKey());
                insertKey.setLong(3, sequence.getValue());
                insertKey.addBatch();
            }
            insertKey.executeBatch();
            for (Map.Entry<LogKey, EntityEnd> entity : changes.entities()) {
                addEntity(entity.getKey(), entity.getValue());
            }
            upsertEntity.executeBatch();
            for (ScopeTail scope : changes.scopes()) {
                addScope(scope, changes.now());
            }
            updateScope.executeBatch();
            answers.store(changes);
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    private void addOp(OpRow row) throws SQLException {
        insertOp.setLong(1, row.scopeId());
        insertOp.setLong(2, row.sequence());
        insertOp.setLong(3, row.deviceKey());
        insertOp.setLong(4, row.previous());
        insertOp.setLong(5, row.previousOther());
        insertOp.setBytes(6, row.content());
        insertOp.setBytes(7, row.chain());
        insertOp.setBytes(8, row.json());
        insertOp.addBatch();
    }

    private void addEntity(LogKey key, EntityEnd end) throws SQLException {
        bind(upsertEntity, 1, key);
        upsertEntity.setLong(3, end.lastSequence());
        upsertEntity.setLong(4, end.lastDevice());
        upsertEntity.setLong(5, end.lastOther());
        upsertEntity.addBatch();
    }

    private void addScope(ScopeTail scope, long now) throws SQLException {
        updateScope.setLong(1, scope.head());
        updateScope.setLong(2, scope.counter());
        updateScope.setBytes(3, scope.chain());
        updateScope.setLong(4, scope.appended());
        updateScope.setLong(5, now);
        updateScope.setLong(6, scope.scopeId());
        updateScope.addBatch();
    }

    /** Clears unwritten batches, so that the next transaction begins empty. */
    void clear() throws SQLException {
        for (PreparedStatement batch : List.of(insertOp, insertKey, upsertEntity, updateScope)) {
            batch.clearBatch();
        }
        answers.clear();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
