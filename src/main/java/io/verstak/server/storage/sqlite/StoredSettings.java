package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the settings that administrators have saved on their pages, for a command beside the server. */
public final class StoredSettings {
    /** What a page calls a setting, and the key of the configuration that it overrides. */
    private static final Map<String, String> KEYS = Map.of(
            "server_name", "web.serverName",
            "language", "web.language",
            "registration", "accounts.registration",
            "registration_domains", "accounts.domains",
            "public_url", "http.publicUrl");

    private StoredSettings() {}

    /**
     * Returns the values by the key of the configuration that they override; the password of the mail server without its
     * value. Changes nothing. Blocks.
     *
     * @throws StorageException in one line for a person: the database cannot be read
     */
    public static Map<String, String> read(DataDirectory directory) {
        Map<String, String> values = new LinkedHashMap<>();
        try (Connection connection = Sqlite.reader(directory.database()).getConnection();
                Statement statement = connection.createStatement()) {
            Migrations.requireCurrent(connection);
            try (ResultSet rows = statement.executeQuery("SELECT name, value FROM settings")) {
                while (rows.next()) {
                    String key = KEYS.get(rows.getString("name"));
                    if (key != null) {
                        values.put(key, rows.getString("value"));
                    }
                }
            }
            try (ResultSet mail =
                    statement.executeQuery("SELECT host, port, security, username, sender FROM mail_settings")) {
                if (mail.next()) {
                    values.put("mail.host", mail.getString("host"));
                    values.put("mail.port", mail.getString("port"));
                    values.put("mail.security", mail.getString("security"));
                    values.put("mail.user", mail.getString("username"));
                    values.put("mail.password", "");
                    values.put("mail.from", mail.getString("sender"));
                }
            }
            return values;
        } catch (SQLException e) {
            throw new StorageException("%s: the saved settings cannot be read".formatted(directory.database()), e);
        }
    }
}
