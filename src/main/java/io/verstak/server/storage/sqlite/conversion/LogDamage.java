package io.verstak.server.storage.sqlite.conversion;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * What is wrong with a log, and was so before it was converted.
 *
 * @param userId the owner of its vault; empty: unknown
 * @param text one line for a person, which names vault and sequence
 */
public record LogDamage(String userId, String text) {

    /** Adds it to the audit log. */
    public void record(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)"
                        + " VALUES ('log_damaged', ?, '', '', ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000)")) {
            insert.setString(1, userId);
            insert.setString(2, text);
            insert.executeUpdate();
        }
    }
}
