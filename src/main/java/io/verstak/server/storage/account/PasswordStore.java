package io.verstak.server.storage.account;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.AdministratorStore.Administrator;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.OutboxStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;

/** Stores users' passwords. A new password ends everything granted under the old one. */
public final class PasswordStore {
    private final Database database;
    private final OutboxStore outbox;

    /**
     * A new password for a user.
     *
     * @param hash in PHC form
     * @param keptSession the hash of the session that survives; empty if none
     * @param revokeDevices whether devices lose their tokens as well
     */
    public record NewPassword(String hash, String keptSession, boolean revokeDevices) {}

    public PasswordStore(Database database, OutboxStore outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /** Replaces the user's reset token and queues the mail with it. */
    public Future<Void> offerReset(EmailToken token, NewMail mail, AuditEntry audit) {
        return database.write(connection -> token.replace(connection)
                .compose(made -> outbox.add(connection, mail))
                .compose(queued -> AuditStore.add(connection, audit)));
    }

    /** Returns the user whose password this token may reset. */
    public Future<Optional<String>> resets(String tokenHash, long now) {
        return database.read(connection -> EmailToken.find(connection, Purpose.RESET, tokenHash, now))
                .map(token -> token.map(EmailToken::userId));
    }

    /**
     * Redeems a reset token. Its holder reads the user's mail, so the address counts as confirmed as well. If it was not confirmed before,
     * the person who began the account at a provider may be somebody else, who then can no longer sign in to it.
     *
     * @return false when the token is unknown, used or expired
     */
    public Future<Boolean> reset(String tokenHash, NewPassword password, AuditEntry audit) {
        return database.write(connection -> EmailToken.consume(connection, Purpose.RESET, tokenHash, audit.at())
                .compose(token -> token.isEmpty()
                        ? Future.succeededFuture(false)
                        : confirm(connection, token.get().userId())
                                .compose(done -> replace(
                                        connection,
                                        token.get().userId(),
                                        password,
                                        audit.of(token.get().userId())))
                                .map(true)));
    }

    private static Future<Void> confirm(SqlConnection connection, String userId) {
        return Rows.run(connection, """
                        DELETE FROM identities WHERE user_id = ?
                          AND EXISTS (SELECT 1 FROM users u WHERE u.id = identities.user_id AND u.confirmed = 0)""", userId)
                .compose(gone -> Rows.run(connection, "UPDATE users SET confirmed = 1 WHERE id = ?", userId));
    }

    /**
     * Replaces a password, ends sessions, and invalidates mailed tokens. Refuses with {@code
     * CONFLICT} when the user was blocked or given another password since the user was read.
     */
    public Future<Void> replace(User user, NewPassword password, AuditEntry audit) {
        return database.write(connection -> UserStore.requireUnchanged(connection, user)
                .compose(unchanged -> replace(connection, user.id(), password, audit)));
    }

    /**
     * Replaces the password of an administrator without a user account, and ends the other sessions. Refuses with {@code CONFLICT}
     * when the administrator was given another password or a user account since then.
     */
    public Future<Void> replace(Administrator administrator, NewPassword password, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE administrators SET password_hash = ?, epoch = epoch + 1"
                                + " WHERE username_key = ? AND epoch = ? AND user_id IS NULL",
                        password.hash(),
                        administrator.key(),
                        administrator.epoch())
                .compose(done -> done == 1 ? Future.succeededFuture() : ErrorCode.CONFLICT.refuse())
                .compose(done -> SessionStore.deleteOthers(
                        connection, Realm.ADMINISTRATOR, administrator.key(), password.keptSession()))
                .compose(ended -> AuditStore.add(connection, audit))
                .compose(noted -> InvalidationCounter.increment(connection, InvalidationCounter.NOBODY)));
    }

    private Future<Void> replace(SqlConnection connection, String userId, NewPassword password, AuditEntry audit) {
        return Rows.run(
                        connection,
                        "UPDATE users SET password_hash = ?, epoch = epoch + 1 WHERE id = ?",
                        password.hash(),
                        userId)
                .compose(done -> SessionStore.deleteOthers(connection, Realm.USER, userId, password.keptSession()))
                .compose(ended -> EmailToken.deleteGranted(connection, userId))
                .compose(voided -> password.revokeDevices()
                        ? DeviceStore.revokeAll(connection, userId, audit.at())
                        : Future.succeededFuture())
                .compose(revoked -> AuditStore.add(connection, audit))
                .compose(noted -> InvalidationCounter.increment(connection, userId));
    }
}
