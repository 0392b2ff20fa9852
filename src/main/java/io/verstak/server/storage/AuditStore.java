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
        return database.write(connection -> add(connection, entries));
    }

    public static Future<Void> add(SqlConnection connection, Collection<AuditEntry> entries) {
        Future<Void> added = Future.succeededFuture();
        for (AuditEntry entry : entries) {
            added = added.compose(before -> add(connection, entry));
        }
        return added;
    }

    public static Future<Void> add(SqlConnection connection, AuditEntry entry) {
        return Rows.run(
                connection,
                """
                        INSERT INTO audit_log (type, user_id, device_id, address, message, times, created_at,
                          administrator, subject, agent, method, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                entry.type(),
                entry.userId(),
                entry.deviceId(),
                entry.address(),
                entry.text(),
                entry.times(),
                entry.at(),
                entry.details().administrator(),
                entry.details().subject(),
                entry.details().agent(),
                entry.details().method(),
                entry.told().number());
    }

    /** Moves the entries of a deleted user to a pseudonym, without what they say of devices and browsers. */
    public static Future<Void> pseudonymize(SqlConnection connection, String userId, String pseudonym) {
        return Rows.run(
                connection,
                "UPDATE audit_log SET user_id = ?, subject = '', agent = '', told = 0 WHERE user_id = ?",
                pseudonym,
                userId);
    }
}
