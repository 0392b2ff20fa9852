package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.log.LogRows.AnswerKey;
import io.verstak.server.storage.log.LogRows.Changes;
import io.verstak.server.storage.log.LogRows.KeptAnswer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/** The answers to pushes with an idempotency key. Works within the writer's transaction. */
final class KeptAnswers {
    private final PreparedStatement answer;
    private final PreparedStatement insert;
    private final PreparedStatement delete;

    KeptAnswers(Connection connection) throws SQLException {
        answer = connection.prepareStatement("SELECT answer FROM idempotency_keys WHERE device_id = ? AND key = ?");
        insert = connection.prepareStatement("""
            INSERT INTO idempotency_keys (device_id, key, request, answer, created_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (device_id, key) DO UPDATE SET request = excluded.request, answer = excluded.answer,
              created_at = excluded.created_at\
            """);
        delete = connection.prepareStatement("""
            DELETE FROM idempotency_keys WHERE rowid IN
            (SELECT rowid FROM idempotency_keys WHERE created_at <= ? ORDER BY created_at LIMIT ?)\
            """);
    }

    byte[] get(AnswerKey key) throws SQLException {
        answer.setString(1, key.deviceId());
        answer.setString(2, key.key());
        try (ResultSet row = answer.executeQuery()) {
            if (row.next()) {
                return row.getBytes(1);
            }
            throw new SQLException("the answer of a key was kept and is missing");
        }
    }

    /** Deletes some expired answers: more than one for each that is added. */
    void store(Changes changes) throws SQLException {
        if (changes.answers().isEmpty()) {
            return;
        }
        for (Map.Entry<AnswerKey, KeptAnswer> answer : changes.answers().entrySet()) {
            insert.setString(1, answer.getKey().deviceId());
            insert.setString(2, answer.getKey().key());
            insert.setString(3, answer.getValue().requestDigest());
            insert.setBytes(4, answer.getValue().json());
            insert.setLong(5, changes.now());
            insert.addBatch();
        }
        insert.executeBatch();
        delete.setLong(1, changes.answersSince());
        delete.setInt(2, 4 * changes.answers().size());
        delete.executeUpdate();
    }

    /** Clears an unwritten batch. */
    void clear() throws SQLException {
        insert.clearBatch();
    }
}
