package io.verstak.server.storage.sqlite.bulk;

import io.verstak.server.config.MailConfig;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.mail.MailSettingsStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Inserts blobs, the audit log, settings and other records into a new database. Times are milliseconds since the epoch.
 */
public final class RecordBulkLoader {
    private final Connection connection;
    private final Insert blobs;
    private final Insert references;
    private final Insert audit;
    private final Insert tombstones;
    private final Insert settings;
    private final Insert mail;

    RecordBulkLoader(Connection connection) throws SQLException {
        this.connection = connection;
        blobs = new Insert(connection, "blobs", "sha256, size, file_time, created_at, damaged_since");
        references = new Insert(connection, "blob_refs", "scope_id, sha256, size, created_at");
        audit = new Insert(
                connection, "audit_log", "id, type, user_id, device_id, address, message, times, created_at");
        tombstones = new Insert(connection, "imported_tombstones", "tombstone");
        settings = new Insert(connection, "settings", "name, value, updated_at");
        mail = new Insert(
                connection, "mail_settings", "id, host, port, security, username, sealed_password, sender, updated_at");
    }

    /** @param fileTime the modification time of its file, which is whole */
    public void blob(BlobReference blob, long fileTime, long createdAt) {
        blobs.add(blob.sha256().hex(), blob.size(), fileTime, createdAt, null);
    }

    /** Adds a blob without a whole file; the next upload repairs it. */
    public void damagedBlob(BlobReference blob, long createdAt, long now) {
        blobs.add(blob.sha256().hex(), blob.size(), 0L, createdAt, now);
    }

    /** Adds a blob to a scope. Returns false when the scope holds it already. */
    public boolean reference(long scopeId, BlobReference blob, long createdAt) {
        return references.add(scopeId, blob.sha256().hex(), blob.size(), createdAt);
    }

    /** Computes the usage of each scope. */
    public void usage() {
        ImportDatabase.fill(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("""
                        INSERT INTO blob_usage (scope_id, user_id, bytes)
                        SELECT s.id, s.user_id, SUM(r.size) FROM blob_refs r JOIN scopes s ON s.id = r.scope_id
                        GROUP BY s.id, s.user_id""");
            }
        });
    }

    /** Adds an entry under its own number. Returns false when the number is taken. */
    public boolean audit(long id, AuditEntry entry) {
        return add(id, entry);
    }

    /** Adds an entry after all others. */
    public void audit(AuditEntry entry) {
        add(null, entry);
    }

    private boolean add(@Nullable Long id, AuditEntry entry) {
        return audit.add(
                id,
                entry.type(),
                entry.userId(),
                entry.deviceId(),
                entry.address(),
                entry.text(),
                entry.times(),
                entry.at());
    }

    /** Stores a row of the other server as JSON. */
    public void tombstone(String json) {
        tombstones.add(json);
    }

    /** Stores settings of the administrators' pages. */
    public void setting(String name, String value, long now) {
        settings.add(name, value, now);
    }

    /** Stores mail settings that override the configuration. */
    public void mail(MailConfig settings, SecretBox secrets, long now) {
        mail.add(
                1,
                settings.host(),
                settings.port(),
                settings.security(),
                settings.user(),
                secrets.seal(settings.password(), MailSettingsStore.PASSWORD),
                settings.from(),
                now);
    }
}
