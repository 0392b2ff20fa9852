package io.verstak.server.storage.account;

import io.verstak.server.domain.Profile;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.SessionIdentity.Person;
import io.verstak.server.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Optional;

/** Stores the parts of an account that its user sees and may change without a password. */
public final class ProfileStore {
    private static final String USER_AT_SESSION = """
            SELECT username, password_hash,
              CASE WHEN EXISTS (SELECT 1 FROM totp_secrets WHERE realm = 'user' AND owner = u.id)
                OR EXISTS (SELECT 1 FROM recovery_codes WHERE realm = 'user' AND owner = u.id) THEN 1 ELSE 0 END AS codes,
              CASE WHEN EXISTS (SELECT 1 FROM passkeys WHERE realm = 'user' AND owner = u.id) THEN 1 ELSE 0 END AS keys,
              CASE WHEN EXISTS (SELECT 1 FROM identities WHERE user_id = u.id) THEN 1 ELSE 0 END AS providers
            FROM users u WHERE id = ?""";

    /** The factors of an administrator who is a user, too, are the user's. */
    private static final String ADMINISTRATOR_AT_SESSION = """
            SELECT username, password_hash,
              CASE WHEN EXISTS (SELECT 1 FROM totp_secrets WHERE (realm = 'user' AND owner = a.user_id)
                OR (realm = 'administrator' AND owner = a.username_key))
                OR EXISTS (SELECT 1 FROM recovery_codes WHERE (realm = 'user' AND owner = a.user_id)
                OR (realm = 'administrator' AND owner = a.username_key)) THEN 1 ELSE 0 END AS codes,
              CASE WHEN EXISTS (SELECT 1 FROM passkeys WHERE (realm = 'user' AND owner = a.user_id)
                OR (realm = 'administrator' AND owner = a.username_key)) THEN 1 ELSE 0 END AS keys,
              CASE WHEN EXISTS (SELECT 1 FROM identities WHERE user_id = a.user_id) THEN 1 ELSE 0 END AS providers
            FROM administrators a WHERE username_key = ?""";

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

    /**
     * Returns the person at a session; empty if the account is gone.
     *
     * @param confirmed what the person says of the session
     */
    public Future<Optional<Person>> person(SessionIdentity session, boolean confirmed) {
        return database.first(
                session.administrator() ? ADMINISTRATOR_AT_SESSION : USER_AT_SESSION,
                row -> new Person(
                        row.getString("username"),
                        session.administrator(),
                        confirmed,
                        !row.getString("password_hash").isEmpty(),
                        row.getInteger("codes") != 0,
                        row.getInteger("keys") != 0,
                        row.getInteger("providers") != 0),
                session.owner());
    }
}
