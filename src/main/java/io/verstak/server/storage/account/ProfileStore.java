package io.verstak.server.storage.account;

import io.verstak.server.domain.Profile;
import io.verstak.server.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Optional;

/** Stores the parts of an account that its user sees and may change without a password. */
public final class ProfileStore {
    private final Database database;

    public ProfileStore(Database database) {
        this.database = database;
    }

    public Future<Optional<Profile>> find(String userId, long now) {
        return database.first("""
                        SELECT u.id, u.username, u.email, u.language, u.delete_after, u.created_at, (SELECT t.email
                          FROM email_tokens t WHERE t.user_id = u.id AND t.purpose = 'change' AND t.expires_at > ?) AS wanted
                        FROM users u WHERE u.id = ?""", ProfileStore::profile, now, userId);
    }

    public Future<Void> setLanguage(String userId, String language) {
        return database.run("UPDATE users SET language = ? WHERE id = ?", language, userId);
    }

    private static Profile profile(Row row) {
        return new Profile(
                row.getString("id"),
                row.getString("username"),
                row.getString("email"),
                row.getString("wanted"),
                row.getString("language"),
                row.getLong("delete_after"),
                row.getLong("created_at"));
    }
}
