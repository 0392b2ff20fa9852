package io.verstak.server.importer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.MailConfig;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.sqlite.bulk.RecordBulkLoader;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Imports the audit log, tombstones and mail settings, and reports every table that is not imported. */
final class AuditImport {
    private static final JsonMapper JSON = new JsonMapper();

    private static final Set<String> KNOWN = Set.of(
            "server_users",
            "server_devices",
            "server_user_devices",
            "server_ops",
            "server_tombstones",
            "server_idempotency_keys",
            "server_email_tokens",
            "server_sessions",
            "server_blobs",
            "server_blob_refs",
            "server_audit_log",
            "server_smtp_config",
            "server_revisions");

    private final GoDatabase source;
    private final RecordBulkLoader target;
    private final ImportReport report;
    private final long now;

    AuditImport(GoDatabase source, RecordBulkLoader target, ImportReport report, long now) {
        this.source = source;
        this.target = target;
        this.report = report;
        this.now = now;
    }

    void audit(ImportProgress progress) {
        source.each("server_audit_log", "", row -> {
            report.found(ImportedEntity.AUDIT_EVENTS);
            AuditEntry entry = new AuditEntry(
                    row.text("event_type"),
                    row.text("user_id"),
                    row.text("device_id"),
                    row.text("ip"),
                    row.text("message"),
                    1,
                    row.time("created_at", now));
            long id = row.number("id");
            if (id <= 0 || !target.audit(id, entry)) {
                target.audit(entry);
            }
            report.imported(ImportedEntity.AUDIT_EVENTS);
            progress.advance(1);
        });
    }

    void tombstones() {
        Set<String> columns = source.columns("server_tombstones");
        source.each("server_tombstones", "", row -> {
            report.found(ImportedEntity.TOMBSTONES);
            ObjectNode tombstone = JSON.createObjectNode();
            for (String column : columns) {
                tombstone.put(column, row.text(column));
            }
            target.tombstone(tombstone.toString());
            report.imported(ImportedEntity.TOMBSTONES);
        });
    }

    /** Returns the mail settings; empty when there are none. */
    Map<String, String> mailValues() {
        Map<String, String> values = new HashMap<>();
        source.each("server_smtp_config", "", row -> values.put(row.text("key"), row.text("value")));
        return values;
    }

    /** @param secrets seals the password; null for a dry run */
    void mail(Map<String, String> values, Optional<SecretBox> secrets) {
        String host = values.getOrDefault("smtp_host", "").strip();
        if (host.isEmpty()) {
            return;
        }
        report.found(ImportedEntity.MAIL_SETTINGS);
        try {
            String user = values.getOrDefault("smtp_user", "");
            String from = values.getOrDefault("smtp_from", "").strip();
            MailConfig settings = new MailConfig(
                    host,
                    port(values.getOrDefault("smtp_port", "").strip()),
                    security(values.getOrDefault("smtp_security", "").strip()),
                    user,
                    values.getOrDefault("smtp_pass", ""),
                    from.isEmpty() && user.indexOf('@') > 0 ? user : from);
            secrets.ifPresent(box -> target.mail(settings, box, now));
            report.imported(ImportedEntity.MAIL_SETTINGS);
        } catch (ConfigException | NumberFormatException notAllowed) {
            // Its message may show a value but never the password.
            report.lose(
                    ImportedEntity.MAIL_SETTINGS,
                    "not allowed here; enter them on the settings page",
                    String.valueOf(notAllowed.getMessage()));
        }
    }

    private static int port(String text) {
        return text.isEmpty() ? MailConfig.DEFAULT.port() : Integer.parseInt(text);
    }

    /** The default never falls back to an unencrypted connection. */
    private static String security(String text) {
        return text.isEmpty() ? MailConfig.DEFAULT.security() : text.toLowerCase(Locale.ROOT);
    }

    void tellTheRest() {
        count("server_idempotency_keys", ImportedEntity.IDEMPOTENCY_KEYS, "retries are recognized by op_id");
        count("server_revisions", ImportedEntity.REVISIONS, "the log has every operation");
        for (String table : source.tables()) {
            if (!KNOWN.contains(table) && !table.startsWith("sqlite_") && source.count(table) > 0) {
                report.found(ImportedEntity.OTHER, source.count(table));
                report.leave(ImportedEntity.OTHER, "unknown table %s".formatted(table), source.count(table));
            }
        }
    }

    private void count(String table, ImportedEntity what, String reason) {
        report.found(what, source.count(table));
        report.leave(what, reason, source.count(table));
    }

    /** Records the import itself. */
    void noteImport(String text) {
        target.audit(new AuditEntry("imported", "", "", "", text, 1, now));
    }
}
