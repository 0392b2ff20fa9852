package io.verstak.server.storage.mail;

import io.verstak.server.config.MailConfig;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.SecretBox;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores the mail settings that an administrator has saved on the page. */
public final class MailSettingsStore {
    private static final Logger LOG = LoggerFactory.getLogger(MailSettingsStore.class);
    private static final int ONLY_ROW = 1;
    public static final String PASSWORD = "mail_settings.sealed_password";

    private final Database database;
    private final SecretBox secrets;
    private final AtomicBoolean complained = new AtomicBoolean();

    public MailSettingsStore(Database database, SecretBox secrets) {
        this.database = database;
        this.secrets = secrets;
    }

    /** Returns the stored settings; empty when the configuration file applies. */
    public Future<Optional<MailConfig>> find() {
        return database.first(
                "SELECT host, port, security, username, sealed_password, sender FROM mail_settings", this::settings);
    }

    /** Replaces the stored settings. */
    public Future<Void> put(MailConfig settings, long now) {
        return database.write(connection -> Rows.run(connection, "DELETE FROM mail_settings")
                .compose(gone -> Rows.run(
                        connection,
                        """
                                INSERT INTO mail_settings (id, host, port, security, username, sealed_password, sender,
                                  updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                        ONLY_ROW,
                        settings.host(),
                        settings.port(),
                        settings.security(),
                        settings.user(),
                        secrets.seal(settings.password(), PASSWORD),
                        settings.from(),
                        now)));
    }

    /** Deletes the stored settings, so that the configuration file applies. */
    public Future<Void> clear() {
        return database.run("DELETE FROM mail_settings");
    }

    private MailConfig settings(Row row) {
        return new MailConfig(
                row.getString("host"),
                row.getInteger("port"),
                row.getString("security"),
                row.getString("username"),
                password(row.getString("sealed_password")),
                row.getString("sender"));
    }

    private String password(String sealed) {
        return secrets.open(sealed, PASSWORD).orElseGet(() -> {
            if (complained.compareAndSet(false, true)) {
                LOG.error("secret.key does not open the stored SMTP password: set it again in the mail settings");
            }
            return "";
        });
    }
}
