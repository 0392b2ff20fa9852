package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.Collection;

/** Stores the audit log. The store that makes a change writes its entry in the same transaction. */
public final class AuditStore {
    private final Database database;

    public AuditStore(Database database) {
        this.database = database;
    }

    /** Writes entries that belong to no change. */
    public Future<Void> add(Collection<AuditEntry> entries) {
        return database.write(connection -> {
            Future<Void> added = Future.succeededFuture();
            for (AuditEntry entry : entries) {
                added = added.compose(before -> add(connection, entry));
            }
            return added;
        });
    }

    public static Future<Void> add(SqlConnection connection, AuditEntry entry) {
        return Rows.run(
                connection,
                """
                        INSERT INTO audit_log (type, user_id, device_id, address, message, times, created_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?)""",
                entry.type(),
                entry.userId(),
                entry.deviceId(),
                entry.address(),
                entry.text(),
                entry.times(),
                entry.at());
    }

    /** Moves the entries of a deleted user to a pseudonym. */
    public static Future<Void> pseudonymize(SqlConnection connection, String userId, String pseudonym) {
        return Rows.run(connection, "UPDATE audit_log SET user_id = ? WHERE user_id = ?", pseudonym, userId);
    }
}
