package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.ChainedOp;
import io.verstak.server.storage.log.OpHeader;
import io.verstak.server.storage.log.OpRow;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.ScopeTail;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The writer's connection and its prepared statements. Not safe for several threads. */
public final class LogConnection implements AutoCloseable {
    private final Connection connection;
    private final Statement control;
    private final PreparedStatement scope;
    private final PreparedStatement knownOp;
    private final PreparedStatement op;
    private final PreparedStatement entity;
    private final PreparedStatement blobSize;
    private final PreparedStatement answer;
    private final PreparedStatement insertOp;
    private final PreparedStatement insertKey;
    private final PreparedStatement upsertEntity;
    private final PreparedStatement insertAnswer;
    private final PreparedStatement deleteAnswers;
    private final PreparedStatement updateScope;
    private final PreparedStatement updateCounter;
    private final PreparedStatement widenSkip;
    private final PreparedStatement insertSkip;
    private final PreparedStatement insertAudit;

    /** A known op: its sequence and content. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Known(long sequence, byte[] content, byte[] json) {}

    /** The end of an entity's chain. */
    record EntityEnd(long lastSequence, long lastDevice, long lastOther) {
        static final EntityEnd NONE = new EntityEnd(0, 0, 0);
    }

    /** The stored answer of an idempotency key. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record KeptAnswer(String requestDigest, byte[] json) {}

    public LogConnection(Connection connection) throws SQLException {
        this.connection = connection;
        control = connection.createStatement();
        scope = connection.prepareStatement("SELECT log_id, head, counter, chain FROM scopes WHERE id = ?");
        knownOp = connection.prepareStatement("""
            SELECT o.seq, o.content, o.json FROM op_keys k JOIN ops o ON o.scope_id = k.scope_id AND o.seq = k.seq
            WHERE k.scope_id = ? AND k.op_key = ?\
            """);
        op = connection.prepareStatement("""
            SELECT device_key, prev, prev_other, substr(json, 1, ?) FROM ops
            WHERE scope_id = ? AND seq = ?\
            """);
        entity = connection.prepareStatement("""
            SELECT last_seq, last_device, last_other FROM entities
            WHERE scope_id = ? AND entity_key = ?\
            """);
        blobSize = connection.prepareStatement("SELECT size FROM blob_refs WHERE scope_id = ? AND sha256 = ?");
        answer = connection.prepareStatement(
                "SELECT request, answer FROM idempotency_keys WHERE device_id = ? AND key = ? AND created_at > ?");
        insertOp = connection.prepareStatement("""
            INSERT INTO ops (scope_id, seq, device_key, prev, prev_other, content, chain, json)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
            """);
        insertKey = connection.prepareStatement("INSERT INTO op_keys (scope_id, op_key, seq) VALUES (?, ?, ?)");
        upsertEntity = connection.prepareStatement("""
            INSERT INTO entities (scope_id, entity_key, last_seq, last_device, last_other) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (scope_id, entity_key) DO UPDATE SET last_seq = excluded.last_seq,
              last_device = excluded.last_device, last_other = excluded.last_other\
            """);
        insertAnswer = connection.prepareStatement("""
            INSERT INTO idempotency_keys (device_id, key, request, answer, created_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (device_id, key) DO UPDATE SET request = excluded.request, answer = excluded.answer,
              created_at = excluded.created_at\
            """);
        deleteAnswers = connection.prepareStatement("""
            DELETE FROM idempotency_keys WHERE rowid IN
            (SELECT rowid FROM idempotency_keys WHERE created_at <= ? ORDER BY created_at LIMIT 4)\
            """);
        updateScope = connection.prepareStatement("""
            UPDATE scopes SET head = ?, counter = ?, chain = ?, operations = operations + ?, last_push = ?
            WHERE id = ?\
            """);
        updateCounter = connection.prepareStatement("UPDATE scopes SET counter = ?, last_skip = ? WHERE id = ?");
        widenSkip = connection.prepareStatement(
                "UPDATE log_skips SET until_seq = ? WHERE scope_id = ? AND until_seq = ? AND until_seq > ?");
        insertSkip = connection.prepareStatement(
                "INSERT INTO log_skips (scope_id, until_seq, after_seq, created_at) VALUES (?, ?, ?, ?)");
        insertAudit = connection.prepareStatement("""
            INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)
            VALUES (?, ?, ?, '', ?, ?)\
            """);
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

    ScopeTail scope(long scopeId) throws SQLException {
        scope.setLong(1, scopeId);
        try (ResultSet row = scope.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("no scope " + scopeId);
            }
            return new ScopeTail(scopeId, row.getString(1), row.getLong(2), row.getLong(3), row.getBytes(4));
        }
    }

    @Nullable
    Known knownOp(long scopeId, long opKey) throws SQLException {
        knownOp.setLong(1, scopeId);
        knownOp.setLong(2, opKey);
        try (ResultSet row = knownOp.executeQuery()) {
            return row.next() ? new Known(row.getLong(1), row.getBytes(2), row.getBytes(3)) : null;
        }
    }

    ChainedOp linkedOp(long scopeId, long sequence) throws SQLException {
        op.setInt(1, OpHeader.MAX_BYTES);
        op.setLong(2, scopeId);
        op.setLong(3, sequence);
        try (ResultSet row = op.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("scope %s lacks op %s".formatted(scopeId, sequence));
            }
            return new ChainedOp(row.getLong(1), row.getLong(2), row.getLong(3), OpHeader.parse(row.getBytes(4)));
        }
    }

    EntityEnd entity(long scopeId, long entityKey) throws SQLException {
        entity.setLong(1, scopeId);
        entity.setLong(2, entityKey);
        try (ResultSet row = entity.executeQuery()) {
            return row.next() ? new EntityEnd(row.getLong(1), row.getLong(2), row.getLong(3)) : EntityEnd.NONE;
        }
    }

    OptionalLong blobSize(long scopeId, Sha256 sha256) throws SQLException {
        blobSize.setLong(1, scopeId);
        blobSize.setString(2, sha256.hex());
        try (ResultSet row = blobSize.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    @Nullable
    KeptAnswer answer(String deviceId, String key, long keptSince) throws SQLException {
        answer.setString(1, deviceId);
        answer.setString(2, key);
        answer.setLong(3, keptSince);
        try (ResultSet row = answer.executeQuery()) {
            return row.next() ? new KeptAnswer(row.getString(1), row.getBytes(2)) : null;
        }
    }

    void keepAnswer(Push push, byte[] json, long now) throws SQLException {
        insertAnswer.setString(1, push.device().deviceId());
        insertAnswer.setString(2, push.idempotencyKey());
        insertAnswer.setString(3, push.requestDigest());
        insertAnswer.setBytes(4, json);
        insertAnswer.setLong(5, now);
        insertAnswer.executeUpdate();
    }

    /** Deletes some expired answers: more than one for each that is added. */
    void dropAnswers(long keptSince) throws SQLException {
        deleteAnswers.setLong(1, keptSince);
        deleteAnswers.executeUpdate();
    }

    void addOp(OpRow row) throws SQLException {
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

    void addKey(long scopeId, long opKey, long sequence) throws SQLException {
        insertKey.setLong(1, scopeId);
        insertKey.setLong(2, opKey);
        insertKey.setLong(3, sequence);
        insertKey.addBatch();
    }

    void addEntity(long scopeId, long entityKey, EntityEnd end) throws SQLException {
        upsertEntity.setLong(1, scopeId);
        upsertEntity.setLong(2, entityKey);
        upsertEntity.setLong(3, end.lastSequence());
        upsertEntity.setLong(4, end.lastDevice());
        upsertEntity.setLong(5, end.lastOther());
        upsertEntity.addBatch();
    }

    void flush(Collection<ScopeTail> heads, long now) throws SQLException {
        insertOp.executeBatch();
        insertKey.executeBatch();
        upsertEntity.executeBatch();
        for (ScopeTail head : heads) {
            if (head.appended() > 0) {
                updateScope.setLong(1, head.head());
                updateScope.setLong(2, head.counter());
                updateScope.setBytes(3, head.chain());
                updateScope.setLong(4, head.appended());
                updateScope.setLong(5, now);
                updateScope.setLong(6, head.scopeId);
                updateScope.addBatch();
            }
        }
        updateScope.executeBatch();
    }

    /** Clears unflushed batches, so that the next transaction begins empty. */
    void clear() throws SQLException {
        insertOp.clearBatch();
        insertKey.clearBatch();
        upsertEntity.clearBatch();
        updateScope.clearBatch();
    }

    /**
     * Reserves a gap up to and including {@code until}. Returns true when this begins a gap, false when it extends one.
     */
    boolean skip(ScopeTail head, long until, long now) throws SQLException {
        updateCounter.setLong(1, until);
        updateCounter.setLong(2, until);
        updateCounter.setLong(3, head.scopeId);
        updateCounter.executeUpdate();
        widenSkip.setLong(1, until);
        widenSkip.setLong(2, head.scopeId);
        widenSkip.setLong(3, head.counter());
        widenSkip.setLong(4, head.head());
        if (widenSkip.executeUpdate() > 0) {
            return false;
        }
        insertSkip.setLong(1, head.scopeId);
        insertSkip.setLong(2, until);
        insertSkip.setLong(3, head.counter());
        insertSkip.setLong(4, now);
        insertSkip.executeUpdate();
        return true;
    }

    void audit(String type, String userId, String deviceId, String message, long now) throws SQLException {
        insertAudit.setString(1, type);
        insertAudit.setString(2, userId);
        insertAudit.setString(3, deviceId);
        insertAudit.setString(4, message);
        insertAudit.setLong(5, now);
        insertAudit.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
