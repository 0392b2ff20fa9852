package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.log.LogGap;
import io.verstak.server.storage.log.ScopeTail;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Leaves sequences out of a log: those that a restored log may have given before, and those up to the cursor of a device that is ahead of
 * it. Works within the writer's transaction.
 */
final class LogGaps implements LogGap.Rows {
    private final PreparedStatement updateCounter;
    private final PreparedStatement extend;
    private final PreparedStatement insert;
    private final PreparedStatement insertAudit;

    LogGaps(SqliteLogRows writer) throws SQLException {
        updateCounter = writer.prepare("UPDATE scopes SET counter = ?, last_skip = ? WHERE id = ?");
        extend = writer.prepare(
                "UPDATE log_skips SET until_seq = ? WHERE scope_id = ? AND until_seq = ? AND until_seq > ?");
        insert = writer.prepare(
                "INSERT INTO log_skips (scope_id, until_seq, after_seq, created_at) VALUES (?, ?, ?, ?)");
        insertAudit = writer.prepare("""
            INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)
            VALUES (?, ?, ?, '', ?, ?)\
            """);
    }

    @Override
    public boolean reserve(ScopeTail head, long until, long now) {
        try {
            return tryReserve(head, until, now);
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    private boolean tryReserve(ScopeTail head, long until, long now) throws SQLException {
        updateCounter.setLong(1, until);
        updateCounter.setLong(2, until);
        updateCounter.setLong(3, head.scopeId());
        updateCounter.executeUpdate();
        extend.setLong(1, until);
        extend.setLong(2, head.scopeId());
        extend.setLong(3, head.counter());
        extend.setLong(4, head.head());
        if (extend.executeUpdate() > 0) {
            return false;
        }
        insert.setLong(1, head.scopeId());
        insert.setLong(2, until);
        insert.setLong(3, head.counter());
        insert.setLong(4, now);
        insert.executeUpdate();
        return true;
    }

    @Override
    public void audit(String type, String userId, String deviceId, String message, long now) {
        try {
            insertAudit.setString(1, type);
            insertAudit.setString(2, userId);
            insertAudit.setString(3, deviceId);
            insertAudit.setString(4, message);
            insertAudit.setLong(5, now);
            insertAudit.executeUpdate();
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }
}
