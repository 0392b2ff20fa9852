package io.verstak.server.testkit.data;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tables of the Go server's database in both generations. */
final class GoTables {
    private final Connection connection;
    private final Map<String, PreparedStatement> inserts = new HashMap<>();

    GoTables(Connection connection) {
        this.connection = connection;
    }

    void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Adds a row of columns and values, in turn. */
    void add(String table, Object... columnsAndValues) {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            columns.append(i == 0 ? "" : ", ").append(columnsAndValues[i]);
        }
        int count = columnsAndValues.length / 2;
        String sql = "INSERT INTO %s (%s) VALUES (%s)"
                .formatted(table, columns, String.join(", ", Collections.nCopies(count, "?")));
        try {
            PreparedStatement insert = inserts.get(sql);
            if (insert == null) {
                insert = connection.prepareStatement(sql);
                inserts.put(sql, insert);
            }
            for (int i = 0; i < count; i++) {
                insert.setObject(i + 1, columnsAndValues[2 * i + 1]);
            }
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** What stands behind {@code CREATE TABLE}. */
    static List<String> of(boolean first) {
        List<String> tables = new ArrayList<>(List.of(
                "server_users (id TEXT PRIMARY KEY, username TEXT, email TEXT, password_hash TEXT, confirmed INTEGER,"
                        + " blocked INTEGER, last_seen TEXT, created_at TEXT)",
                "server_devices (id TEXT PRIMARY KEY, name TEXT, api_key TEXT, token_hash TEXT, token_prefix TEXT,"
                        + " token_suffix TEXT, "
                        + (first ? "" : "legacy_api_key INTEGER, user_id TEXT, vault_id TEXT, ")
                        + "client_version TEXT, last_ip TEXT, last_seen TEXT, revoked_at TEXT, created_at TEXT)",
                "server_user_devices (user_id TEXT, device_id TEXT)",
                "server_ops (op_id TEXT PRIMARY KEY, server_sequence INTEGER UNIQUE, "
                        + (first ? "" : "user_id TEXT, vault_id TEXT, ")
                        + "device_id TEXT, entity_type TEXT, entity_id TEXT, op_type TEXT, payload_json TEXT,"
                        + " idempotency_key TEXT, client_sequence INTEGER, last_seen_server_seq INTEGER, created_at TEXT,"
                        + " pushed_at TEXT)",
                "server_tombstones (entity_type TEXT, entity_id TEXT, op_id TEXT, deleted_at TEXT)",
                "server_idempotency_keys (key TEXT, response TEXT)",
                "server_email_tokens (" + (first ? "token" : "token_hash")
                        + " TEXT, user_id TEXT, purpose TEXT, expires_at TEXT, created_at TEXT)",
                "server_blobs (sha256 TEXT PRIMARY KEY, size INTEGER, created_at TEXT)",
                "server_audit_log (id INTEGER PRIMARY KEY, event_type TEXT, user_id TEXT, device_id TEXT, ip TEXT,"
                        + " message TEXT, created_at TEXT)",
                "server_smtp_config (key TEXT PRIMARY KEY, value TEXT)",
                "server_revisions (id INTEGER PRIMARY KEY, op_id TEXT, device_id TEXT)"));
        if (!first) {
            tables.add("server_sessions (token_hash TEXT PRIMARY KEY, csrf_hash TEXT, scope TEXT, subject_id TEXT,"
                    + " expires_at TEXT, created_at TEXT, last_seen TEXT)");
            tables.add("server_blob_refs (user_id TEXT, vault_id TEXT, sha256 TEXT, size INTEGER, created_at TEXT,"
                    + " last_accessed TEXT, PRIMARY KEY (user_id, vault_id, sha256))");
        }
        return tables;
    }
}
