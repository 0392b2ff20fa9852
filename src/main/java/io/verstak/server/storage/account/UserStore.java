package io.verstak.server.storage.account;

import io.verstak.server.domain.Usernames;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.blob.UploadStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores users. */
public final class UserStore {
    private static final String COLUMNS =
            "id, username, email, password_hash, confirmed, blocked, epoch, language, last_seen, created_at";

    private final Database database;

    /**
     * A user. Times are milliseconds since the epoch.
     *
     * @param id 24 hexadecimal digits
     * @param passwordHash in PHC or crypt form, with its algorithm and parameters
     * @param epoch changes when everything granted before becomes invalid
     * @param language the tag of the language of mails; empty for the server's
     */
    public record User(
            String id,
            String username,
            String email,
            String passwordHash,
            boolean confirmed,
            boolean blocked,
            long epoch,
            String language,
            @Nullable Long lastSeen,
            long createdAt) {}

    public UserStore(Database database) {
        this.database = database;
    }

    /** Adds a user. Refuses with {@code CONFLICT} when the name or the address is taken. */
    public Future<Void> add(User user, AuditEntry audit) {
        return database.write(connection -> add(connection, user, audit));
    }

    static Future<Void> add(SqlConnection connection, User user, AuditEntry audit) {
        return requireFreeName(connection, user.username())
                .compose(free -> emailTaken(connection, user.email()))
                .compose(taken ->
                        taken ? Message.EMAIL_TAKEN.refuse() : insert(connection, user, Usernames.key(user.email())))
                .compose(added -> AuditStore.add(connection, audit));
    }

    static Future<Void> requireFreeName(SqlConnection connection, String username) {
        return taken(connection, username)
                .compose(taken -> taken ? Message.USERNAME_TAKEN.refuse() : Future.succeededFuture());
    }

    static Future<Boolean> emailTaken(SqlConnection connection, String email) {
        return taken(connection, email);
    }

    /** Names and addresses share the login field, so a name must not be another user's address, and vice versa. */
    private static Future<Boolean> taken(SqlConnection connection, String nameOrAddress) {
        String key = Usernames.key(nameOrAddress);
        return Rows.exist(connection, "SELECT 1 FROM users WHERE username_key = ? OR email_key = ?", key, key);
    }

    static Future<Void> insert(SqlConnection connection, User user, String emailKey) {
        return Rows.run(
                connection,
                "INSERT INTO users (username_key, email_key, " + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                Usernames.key(user.username()),
                emailKey,
                user.id(),
                user.username(),
                user.email(),
                user.passwordHash(),
                user.confirmed() ? 1 : 0,
                user.blocked() ? 1 : 0,
                user.epoch(),
                user.language(),
                user.lastSeen(),
                user.createdAt());
    }

    /** Returns the user who signs in with this name or address, ignoring case. */
    public Future<Optional<User>> findByLogin(String login) {
        // An imported username may be another user's address: the address comes first.
        String key = Usernames.key(login);
        String exact = Usernames.exactKey(login);
        return one(
                "username_key IN (?, ?) OR email_key IN (?, ?)",
                "CASE WHEN ? IN (username_key, email_key) THEN 0 WHEN email_key = ? THEN 1 ELSE 2 END",
                key,
                exact,
                key,
                exact,
                exact,
                key);
    }

    /** Returns the user with this address. */
    public Future<Optional<User>> findByEmail(String email) {
        String exact = Usernames.exactKey(email);
        return one(
                "email_key IN (?, ?)", "CASE WHEN email_key = ? THEN 0 ELSE 1 END", Usernames.key(email), exact, exact);
    }

    public Future<Optional<User>> find(String id) {
        return one("id = ?", "id", id);
    }

    /** Stores a newer hash of the same password, unless the password has been changed meanwhile. */
    public Future<Void> replacePasswordHash(String id, String checked, String replacement) {
        return database.run(
                "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?", replacement, id, checked);
    }

    /**
     * Deletes a user with devices, sessions, tokens and uploads. The administrator with this user account stays, unless the
     * account is blocked. Entries of the audit log stay under a pseudonym. The clean-up deletes the scopes, which may be large.
     */
    public Future<Void> delete(String id, String pseudonym, AuditEntry audit) {
        return database.write(connection -> delete(connection, id, pseudonym, audit));
    }

    static Future<Void> delete(SqlConnection connection, String id, String pseudonym, AuditEntry audit) {
        return SessionStore.deleteAll(connection, Realm.USER, id)
                .compose(ended -> deleteBlockedAdministrator(connection, id, audit))
                .compose(gone -> EmailToken.deleteAll(connection, id))
                .compose(gone -> ConnectionCodeStore.deleteAll(connection, id))
                .compose(voided -> UploadStore.endAll(connection, id))
                .compose(voided -> endSharing(connection, id))
                .compose(ended -> Rows.run(connection, "DELETE FROM devices WHERE user_id = ?", id))
                .compose(gone -> Rows.run(connection, "DELETE FROM users WHERE id = ?", id))
                .compose(gone -> AuditStore.add(connection, audit))
                .compose(noted -> AuditStore.pseudonymize(connection, id, pseudonym))
                .compose(hidden -> InvalidationCounter.increment(connection, id));
    }

    /** Ends the user's memberships, and the access of others to the user's vaults: their devices are deleted. */
    private static Future<Void> endSharing(SqlConnection connection, String id) {
        String own = "scope_id IN (SELECT id FROM scopes WHERE user_id = ?)";
        return Rows.run(connection, "DELETE FROM devices WHERE user_id <> ? AND " + own, id, id)
                .compose(gone -> Rows.run(connection, "DELETE FROM connection_codes WHERE " + own, id))
                .compose(gone ->
                        Rows.run(connection, "DELETE FROM vault_invitations WHERE user_id = ? OR " + own, id, id))
                .compose(gone -> Rows.run(connection, "DELETE FROM vault_members WHERE user_id = ? OR " + own, id, id));
    }

    /**
     * Deletes the administrator with this user account if the account is blocked: without the account, the administrator could
     * sign in.
     */
    private static Future<Void> deleteBlockedAdministrator(
            SqlConnection connection, String userId, AuditEntry because) {
        AuditEntry audit = new AuditEntry(
                "administrator_deleted",
                "",
                "",
                because.address(),
                "The administrator was deleted with their blocked account.",
                1,
                because.at());
        return Rows.update(
                        connection,
                        "DELETE FROM administrators WHERE user_id = ?"
                                + " AND EXISTS (SELECT 1 FROM users WHERE id = ? AND blocked <> 0)",
                        userId,
                        userId)
                .compose(deleted -> deleted == 0 ? Future.succeededFuture() : AuditStore.add(connection, audit));
    }

    /**
     * Locks the user's row until the transaction ends. Refuses with {@code CONFLICT} when the user was blocked, deleted or
     * given another password since the user was read.
     */
    static Future<Void> requireUnchanged(SqlConnection connection, User user) {
        return Rows.update(
                        connection,
                        "UPDATE users SET epoch = epoch WHERE id = ? AND epoch = ?",
                        user.id(),
                        user.epoch())
                .compose(unchanged -> unchanged == 1 ? Future.succeededFuture() : ErrorCode.CONFLICT.refuse());
    }

    /** Returns whether a hash of the Go server, which is bcrypt, is left. */
    public Future<Boolean> anyBcrypt() {
        return database.exist("SELECT 1 FROM users WHERE password_hash LIKE '$2%'"
                + " UNION ALL SELECT 1 FROM administrators WHERE password_hash LIKE '$2%' LIMIT 1");
    }

    /** Returns all users by name. */
    public Future<List<User>> list() {
        return database.list("SELECT " + COLUMNS + " FROM users ORDER BY username_key", UserStore::user);
    }

    private Future<Optional<User>> one(String condition, String order, Object... values) {
        return database.first(
                "SELECT " + COLUMNS + " FROM users WHERE " + condition + " ORDER BY " + order + " LIMIT 1",
                UserStore::user,
                values);
    }

    private static User user(Row row) {
        return new User(
                row.getString("id"),
                row.getString("username"),
                row.getString("email"),
                row.getString("password_hash"),
                row.getInteger("confirmed") != 0,
                row.getInteger("blocked") != 0,
                row.getLong("epoch"),
                row.getString("language"),
                row.getLong("last_seen"),
                row.getLong("created_at"));
    }
}
