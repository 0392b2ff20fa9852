package io.verstak.server.storage.account;

import io.verstak.server.domain.Usernames;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores administrators and the one-time setup link that creates the first one. */
public final class AdministratorStore {
    /** Selects the administrators who can sign in: their user, if they have one, is not blocked. */
    private static final String ABLE = "SELECT 1 FROM administrators a LEFT JOIN users u ON u.id = a.user_id"
            + " WHERE COALESCE(u.blocked, 0) = 0";

    private final Database database;

    /**
     * An administrator.
     *
     * @param key the name in lower case, by which sessions refer to their owner
     * @param epoch changes with every new password
     * @param userId the administrator's user account; null: none
     * @param blocked whether that account is blocked
     */
    public record Administrator(
            String key,
            String username,
            String passwordHash,
            long epoch,
            @Nullable String userId,
            boolean blocked) {}

    /** An administrator as a list shows them. One whose user account is {@code blocked} cannot sign in. */
    public record Named(String username, long createdAt, boolean blocked) {}

    public AdministratorStore(Database database) {
        this.database = database;
    }

    /** Returns an administrator by name, ignoring case. */
    public Future<Optional<Administrator>> find(String username) {
        return one(
                "a.username_key IN (?, ?) ORDER BY CASE WHEN a.username_key = ? THEN 1 ELSE 0 END LIMIT 1",
                Usernames.key(username),
                Usernames.exactKey(username),
                Usernames.key(username));
    }

    /** Returns the administrator with this user account. */
    public Future<Optional<Administrator>> findByUser(String userId) {
        return one("a.user_id = ?", userId);
    }

    /** Returns the administrator that a session refers to. */
    public Future<Optional<Administrator>> findByKey(String key) {
        return one("a.username_key = ?", key);
    }

    private Future<Optional<Administrator>> one(String condition, Object... values) {
        return database.first(
                "SELECT a.username_key, a.username, a.password_hash, a.epoch, a.user_id,"
                        + " COALESCE(u.blocked, 0) AS blocked FROM administrators a LEFT JOIN users u ON u.id = a.user_id"
                        + " WHERE " + condition,
                AdministratorStore::administrator,
                values);
    }

    private static Administrator administrator(Row row) {
        return new Administrator(
                row.getString("username_key"),
                row.getString("username"),
                row.getString("password_hash"),
                row.getLong("epoch"),
                row.getString("user_id"),
                row.getInteger("blocked") != 0);
    }

    /** Fails with {@code CONFLICT} if this user, who has just been blocked, was the last administrator who could sign in. */
    static Future<Void> requireAnother(SqlConnection connection, String blockedUser) {
        return Rows.exist(
                        connection,
                        "SELECT 1 FROM administrators WHERE user_id = ? AND NOT EXISTS (" + ABLE + ")",
                        blockedUser)
                .compose(alone -> !alone ? Future.succeededFuture() : Message.LAST_ADMINISTRATOR.refuse());
    }

    /** Returns whether this is the user account of an administrator. */
    public Future<Boolean> administers(String userId) {
        return findByUser(userId).map(Optional::isPresent);
    }

    /** Stores a newer hash of the same password, unless the password has been changed meanwhile. */
    public Future<Void> replacePasswordHash(Administrator checked, String replacement) {
        return database.run(
                "UPDATE administrators SET password_hash = ? WHERE username_key = ? AND password_hash = ?",
                replacement,
                checked.key(),
                checked.passwordHash());
    }

    /**
     * What is noted when a password is set.
     *
     * @param made of a new administrator
     * @param replaced of one who had another password
     * @param ofUser of one who had another password and has a user account, without the user
     */
    public record Noted(AuditEntry made, AuditEntry replaced, AuditEntry ofUser) {}

    /**
     * Creates an administrator, or replaces the password of an existing one, which ends the sessions under the old
     * password, and the links mailed under it.
     */
    public Future<Void> put(String username, String passwordHash, Noted noted) {
        return database.write(connection -> Rows.first(
                        connection,
                        "SELECT COALESCE(user_id, '') AS user_id FROM administrators WHERE username_key = ?",
                        row -> row.getString("user_id"),
                        Usernames.key(username))
                .compose(found -> found.isEmpty()
                        ? put(connection, username, passwordHash, noted.made())
                        : put(
                                        connection,
                                        username,
                                        passwordHash,
                                        found.get().isEmpty()
                                                ? noted.replaced()
                                                : noted.ofUser().of(found.get()))
                                .compose(done -> EmailToken.deleteGranted(connection, found.get()))));
    }

    /** Creates an administrator. Refuses with {@code CONFLICT} if there is one of this name. */
    public Future<Void> add(String username, String passwordHash, AuditEntry audit) {
        return database.write(connection -> Rows.exist(
                        connection, "SELECT 1 FROM administrators WHERE username_key = ?", Usernames.key(username))
                .compose(taken ->
                        taken ? Message.USERNAME_TAKEN.refuse() : put(connection, username, passwordHash, audit)));
    }

    /**
     * Creates the administrator's user account, with the administrator's password. Refuses with {@code CONFLICT} when the name
     * or the address is taken, or the administrator has a user account already.
     */
    public Future<Void> addOwnUser(Administrator administrator, User user, AuditEntry audit) {
        return database.write(connection -> addOwnUser(connection, administrator.key(), user, audit)
                .compose(added -> InvalidationCounter.increment(connection, user.id())));
    }

    private static Future<Void> addOwnUser(SqlConnection connection, String key, User user, AuditEntry audit) {
        return UserStore.add(connection, user, audit)
                .compose(added -> link(connection, key, user.passwordHash(), user.id()));
    }

    /**
     * Makes an existing user the administrator's user account. The administrator's password becomes the user's, which ends the
     * user's sessions. Refuses with {@code CONFLICT} when one of them was changed since it was read, or is joined to another
     * one already.
     */
    public Future<Void> joinUser(Administrator administrator, User user, AuditEntry audit) {
        return database.write(connection -> UserStore.requireUnchanged(connection, user)
                .compose(unchanged -> Rows.run(
                        connection,
                        "UPDATE users SET password_hash = ?, epoch = epoch + 1 WHERE id = ?",
                        administrator.passwordHash(),
                        user.id()))
                .compose(set -> SessionStore.deleteAll(connection, Realm.USER, user.id()))
                .compose(ended -> EmailToken.deleteGranted(connection, user.id()))
                .compose(voided -> link(connection, administrator.key(), administrator.passwordHash(), user.id()))
                .compose(linked -> AuditStore.add(connection, audit))
                .compose(noted -> InvalidationCounter.increment(connection, user.id())));
    }

    /** @param passwordHash of both: the administrator's may have changed since it was read */
    private static Future<Void> link(SqlConnection connection, String key, String passwordHash, String userId) {
        return Rows.exist(connection, "SELECT 1 FROM administrators WHERE user_id = ?", userId)
                .compose(others -> others
                        ? ErrorCode.CONFLICT.refuse()
                        : Rows.update(
                                connection,
                                "UPDATE administrators SET user_id = ? WHERE username_key = ? AND user_id IS NULL"
                                        + " AND password_hash = ?",
                                userId,
                                key,
                                passwordHash))
                .compose(linked -> linked == 1 ? Future.succeededFuture() : ErrorCode.CONFLICT.refuse());
    }

    /**
     * Redeems a setup token and creates an administrator. The other setup tokens become void. Fails with {@code CONFLICT} if the name or
     * the address of the administrator's user account is taken.
     *
     * @param own the administrator's user account
     * @return false when the token is unknown, used or expired
     */
    public Future<Boolean> setUp(
            String tokenHash, long now, String username, String passwordHash, Optional<User> own, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection, "DELETE FROM setup_tokens WHERE token_hash = ? AND expires_at > ?", tokenHash, now)
                .compose(deleted -> deleted == 1
                        ? Rows.run(connection, "DELETE FROM setup_tokens")
                                .compose(others -> put(connection, username, passwordHash, audit))
                                .compose(made -> own.isEmpty()
                                        ? Future.succeededFuture()
                                        : addOwnUser(
                                                connection,
                                                Usernames.key(username),
                                                own.get(),
                                                audit.of(own.get().id())))
                                .map(true)
                        : Future.succeededFuture(false)));
    }

    /** Returns whether a setup token is known and valid beyond that time, in milliseconds since the epoch. */
    public Future<Boolean> takesSetupToken(String tokenHash, long now) {
        return database.exist("SELECT 1 FROM setup_tokens WHERE token_hash = ? AND expires_at > ?", tokenHash, now);
    }

    private static Future<Void> put(SqlConnection connection, String username, String passwordHash, AuditEntry audit) {
        String key = Usernames.key(username);
        String sql = """
                        INSERT INTO administrators (username_key, username, password_hash, created_at) VALUES (?, ?, ?, ?)
                        ON CONFLICT (username_key) DO UPDATE SET username = excluded.username,
                          password_hash = excluded.password_hash, epoch = administrators.epoch + 1""";
        return Rows.run(connection, sql, key, username, passwordHash, audit.at())
                .compose(done -> SessionStore.deleteAll(connection, Realm.ADMINISTRATOR, key))
                .compose(ended -> AuditStore.add(connection, audit))
                .compose(noted -> InvalidationCounter.increment(connection, InvalidationCounter.NOBODY));
    }

    /** Returns the administrators by name. */
    public Future<List<Named>> list() {
        return database.list(
                "SELECT a.username, a.created_at, COALESCE(u.blocked, 0) AS blocked FROM administrators a"
                        + " LEFT JOIN users u ON u.id = a.user_id ORDER BY a.username_key",
                row -> new Named(row.getString("username"), row.getLong("created_at"), row.getInteger("blocked") != 0));
    }

    /** Deletes an administrator with all sessions. Returns false, and deletes nothing, if no other administrator could sign in. */
    public Future<Boolean> delete(Administrator administrator, AuditEntry audit) {
        return database.write(connection -> delete(connection, administrator.key(), audit));
    }

    /** The counter's row first: two administrators who delete each other at the same time wait for one another. */
    static Future<Boolean> delete(SqlConnection connection, String key, AuditEntry audit) {
        return InvalidationCounter.increment(connection, InvalidationCounter.NOBODY)
                .compose(locked -> Rows.update(
                        connection,
                        "DELETE FROM administrators WHERE username_key = ? AND EXISTS (" + ABLE
                                + " AND a.username_key <> ?)",
                        key,
                        key))
                .compose(deleted -> deleted == 0
                        ? Future.succeededFuture(false)
                        : SessionStore.deleteAll(connection, Realm.ADMINISTRATOR, key)
                                .compose(ended -> AuditStore.add(connection, audit))
                                .map(true));
    }

    /** Returns whether there is an administrator. */
    public Future<Boolean> any() {
        return database.exist("SELECT 1 FROM administrators LIMIT 1");
    }

    /** Returns whether there is an administrator or a user. */
    public Future<Boolean> anybody() {
        return database.exist("SELECT 1 WHERE EXISTS (SELECT 1 FROM administrators) OR EXISTS (SELECT 1 FROM users)");
    }

    /** Adds a setup token, and deletes the others: with several nodes, which each show a link, only those that have expired. */
    public Future<Void> addSetupToken(String tokenHash, long now, long expiresAt) {
        return database.write(connection -> Rows.run(
                        connection,
                        "DELETE FROM setup_tokens WHERE expires_at <= ?",
                        database.isShared() ? now : Long.MAX_VALUE)
                .compose(gone -> Rows.run(
                        connection,
                        "INSERT INTO setup_tokens (token_hash, expires_at) VALUES (?, ?)",
                        tokenHash,
                        expiresAt)));
    }
}
