package io.verstak.server.storage;

import io.verstak.server.storage.SessionStore.Realm;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Stores administrators and the one-time setup link that creates the first one. */
public final class AdministratorStore {
    private final Database database;

    /**
     * An administrator.
     *
     * @param key the name in lower case, by which sessions refer to their owner
     * @param epoch changes with every new password
     */
    public record Administrator(String key, String username, String passwordHash, long epoch) {}

    /** An administrator as a list shows them; the time is in milliseconds since the epoch. */
    public record Named(String username, long createdAt) {}

    public AdministratorStore(Database database) {
        this.database = database;
    }

    /** Returns an administrator by name, ignoring case. */
    public Future<Optional<Administrator>> find(String username) {
        return database.read(connection -> connection
                .preparedQuery("SELECT username_key, username, password_hash, epoch FROM administrators"
                        + " WHERE username_key IN (?, ?) ORDER BY CASE WHEN username_key = ? THEN 1 ELSE 0 END LIMIT 1")
                .execute(Tuple.of(UserStore.key(username), UserStore.exactKey(username), UserStore.key(username)))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(administrator(rows.iterator().next()))));
    }

    /** Returns the administrator that a session refers to. */
    public Future<Optional<Administrator>> findByKey(String key) {
        return database.read(connection -> connection
                .preparedQuery("SELECT username_key, username, password_hash, epoch FROM administrators"
                        + " WHERE username_key = ?")
                .execute(Tuple.of(key))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(administrator(rows.iterator().next()))));
    }

    private static Administrator administrator(Row row) {
        return new Administrator(
                row.getString("username_key"),
                row.getString("username"),
                row.getString("password_hash"),
                row.getLong("epoch"));
    }

    /** Stores a newer hash of the same password, unless the password has been changed meanwhile. */
    public Future<Void> replacePasswordHash(Administrator checked, String replacement) {
        return database.write(connection -> connection
                .preparedQuery(
                        "UPDATE administrators SET password_hash = ? WHERE username_key = ? AND password_hash = ?")
                .execute(Tuple.of(replacement, checked.key(), checked.passwordHash()))
                .mapEmpty());
    }

    /**
     * Creates an administrator, or replaces the password of an existing one, which ends the sessions under the old
     * password.
     */
    public Future<Void> put(String username, String passwordHash, AuditEntry audit) {
        return database.write(connection -> put(connection, username, passwordHash, audit));
    }

    /**
     * Redeems a setup token and creates an administrator.
     *
     * @return false when the token is unknown, used or expired
     */
    public Future<Boolean> setUp(String tokenHash, long now, String username, String passwordHash, AuditEntry audit) {
        return database.write(connection -> connection
                .preparedQuery("DELETE FROM setup_tokens WHERE token_hash = ? AND expires_at > ?")
                .execute(Tuple.of(tokenHash, now))
                .compose(deleted -> deleted.rowCount() == 1
                        ? put(connection, username, passwordHash, audit).map(true)
                        : Future.succeededFuture(false)));
    }

    /** Returns whether a setup token is known and valid beyond that time, in milliseconds since the epoch. */
    public Future<Boolean> takesSetupToken(String tokenHash, long now) {
        return database.read(connection -> connection
                .preparedQuery("SELECT 1 FROM setup_tokens WHERE token_hash = ? AND expires_at > ?")
                .execute(Tuple.of(tokenHash, now))
                .map(rows -> rows.size() > 0));
    }

    private static Future<Void> put(SqlConnection connection, String username, String passwordHash, AuditEntry audit) {
        String key = UserStore.key(username);
        return connection
                .preparedQuery("""
                        INSERT INTO administrators (username_key, username, password_hash, created_at)
                        VALUES (?, ?, ?, ?)
                        ON CONFLICT (username_key) DO UPDATE SET username = excluded.username,
                          password_hash = excluded.password_hash, epoch = administrators.epoch + 1""")
                .execute(Tuple.of(key, username, passwordHash, audit.at()))
                .compose(done -> SessionStore.deleteAll(connection, Realm.ADMINISTRATOR, key))
                .compose(ended -> AuditStore.add(connection, audit))
                .compose(noted -> ChangeCounter.bump(connection));
    }

    /** Returns the administrators by name. */
    public Future<List<Named>> list() {
        return database.read(connection -> connection
                .query("SELECT username, created_at FROM administrators ORDER BY username_key")
                .execute()
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> new Named(row.getString("username"), row.getLong("created_at")))
                        .toList()));
    }

    /**
     * Deletes an administrator with all sessions.
     *
     * @return false if it is the last one, who stays: nobody could administer the server any more
     */
    public Future<Boolean> delete(Administrator administrator, AuditEntry audit) {
        return database.write(connection -> connection
                .preparedQuery("DELETE FROM administrators WHERE username_key = ?"
                        + " AND EXISTS (SELECT 1 FROM administrators WHERE username_key <> ?)")
                .execute(Tuple.of(administrator.key(), administrator.key()))
                .compose(deleted -> deleted.rowCount() == 0
                        ? Future.succeededFuture(false)
                        : SessionStore.deleteAll(connection, Realm.ADMINISTRATOR, administrator.key())
                                .compose(ended -> AuditStore.add(connection, audit))
                                .compose(noted -> ChangeCounter.bump(connection))
                                .map(true)));
    }

    /** Returns whether there is an administrator. */
    public Future<Boolean> any() {
        return database.read(connection -> connection
                .query("SELECT 1 FROM administrators LIMIT 1")
                .execute()
                .map(rows -> rows.size() > 0));
    }

    /** Replaces the setup token; times are milliseconds since the epoch. */
    public Future<Void> replaceSetupToken(String tokenHash, long expiresAt) {
        return database.write(connection -> connection
                .query("DELETE FROM setup_tokens")
                .execute()
                .compose(gone -> connection
                        .preparedQuery("INSERT INTO setup_tokens (token_hash, expires_at) VALUES (?, ?)")
                        .execute(Tuple.of(tokenHash, expiresAt)))
                .mapEmpty());
    }
}
