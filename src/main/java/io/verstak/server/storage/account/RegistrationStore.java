package io.verstak.server.storage.account;

import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.PasskeyStore.Passkey;
import io.verstak.server.storage.account.PasskeyStore.UsedChallenge;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.OutboxStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores registrations: each step is one transaction, its mail included. */
public final class RegistrationStore {
    /** Begins the key of an address that another account has. */
    private static final String SHADOW = "taken ";

    private final Database database;
    private final OutboxStore outbox;

    /**
     * A registration.
     *
     * @param invitationHash of the invitation that it redeems; null if none is required
     * @param confirmation the token of the mail's link
     * @param mail with that link
     * @param audit the audit entry
     */
    public record Registration(
            User user, @Nullable String invitationHash, EmailToken confirmation, NewMail mail, AuditEntry audit) {}

    public RegistrationStore(Database database, OutboxStore outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /**
     * Adds an unconfirmed user, or refuses with {@code CONFLICT} (name or address taken) or {@code FORBIDDEN} (the
     * invitation). A name or address that was not confirmed in time is free again.
     *
     * @param hideTaken accepts a taken address: creates an account that looks unconfirmed from outside and can never be
     *     confirmed
     * @param ownersMail sent to the owner of the address in that case
     */
    public Future<Void> register(Registration registration, boolean hideTaken, Optional<NewMail> ownersMail) {
        return database.write(connection -> register(connection, registration, hideTaken, ownersMail));
    }

    Future<Void> register(
            SqlConnection connection, Registration registration, boolean hideTaken, Optional<NewMail> ownersMail) {
        User user = registration.user();
        return dropStale(connection, user)
                .compose(dropped -> UserStore.requireFreeName(connection, user.username()))
                .compose(free -> UserStore.emailTaken(connection, user.email()))
                .compose(taken -> taken
                        ? addShadow(connection, user, hideTaken, ownersMail)
                        : UserStore.insert(connection, user, Usernames.key(user.email()))
                                .compose(added -> outbox.add(connection, registration.mail())))
                .compose(queued -> registration.confirmation().replace(connection))
                .compose(made -> registration.invitationHash() == null
                        ? Future.succeededFuture()
                        : InvitationStore.use(connection, registration.invitationHash(), user.id(), user.createdAt()))
                .compose(used -> AuditStore.add(connection, registration.audit()));
    }

    private Future<Void> addShadow(
            SqlConnection connection, User user, boolean hideTaken, Optional<NewMail> ownersMail) {
        if (!hideTaken) {
            return Message.EMAIL_TAKEN.refuse();
        }
        // No address contains a space, so this key is unique to it.
        return UserStore.insert(connection, user, SHADOW + user.id())
                .compose(added ->
                        ownersMail.isEmpty() ? Future.succeededFuture() : outbox.add(connection, ownersMail.get()));
    }

    /** Frees names and addresses that were not confirmed in time. */
    static Future<Void> dropStale(SqlConnection connection, User user) {
        String sql = """
                        DELETE FROM users WHERE confirmed = 0 AND blocked = 0 AND (username_key = ? OR email_key = ?)
                          AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.user_id = users.id)
                          AND NOT EXISTS (SELECT 1 FROM email_tokens t
                            WHERE t.user_id = users.id AND t.expires_at > ?)""";
        return Rows.run(connection, sql, Usernames.key(user.username()), Usernames.key(user.email()), user.createdAt());
    }

    /**
     * Sends another link to a user who has not confirmed; earlier ones become invalid. Refuses with {@code CONFLICT} when the address
     * is confirmed, or belongs to another account.
     */
    public Future<Void> renew(EmailToken confirmation, NewMail mail, AuditEntry audit) {
        return database.write(connection -> Rows.first(
                        connection,
                        "SELECT email_key FROM users WHERE id = ? AND confirmed = 0",
                        row -> row.getString("email_key"),
                        confirmation.userId())
                .compose(key -> key.isEmpty()
                        ? Message.ADDRESS_CONFIRMED.refuse()
                        : key.get().startsWith(SHADOW) ? Message.EMAIL_TAKEN.refuse() : Future.succeededFuture())
                .compose(waiting -> confirmation.replace(connection))
                .compose(made -> outbox.add(connection, mail))
                .compose(queued -> AuditStore.add(connection, audit)));
    }

    /** Returns the user whom this token would confirm. */
    public Future<Optional<String>> confirming(String tokenHash, long now) {
        return database.read(connection -> EmailToken.find(connection, Purpose.CONFIRM, tokenHash, now))
                .map(token -> token.map(EmailToken::userId));
    }

    /**
     * Confirms the token's user, who has no password, and adds the first passkey.
     *
     * @param recoveryCodes hashes
     * @return false when the token is unknown, used or expired, or the user is another one or has a password
     */
    public Future<Boolean> join(
            String tokenHash,
            Passkey passkey,
            UsedChallenge challenge,
            List<String> recoveryCodes,
            AuditEntry audit,
            AuditEntry passkeyAudit) {
        return database.write(connection -> EmailToken.consume(connection, Purpose.CONFIRM, tokenHash, audit.at())
                .compose(token -> token.isEmpty()
                        ? Future.succeededFuture(0)
                        : Rows.update(
                                connection,
                                "UPDATE users SET confirmed = 1 WHERE id = ? AND id = ? AND password_hash = ''",
                                token.get().userId(),
                                passkey.owner().key()))
                .compose(confirmed -> confirmed == 0
                        ? Future.succeededFuture(false)
                        : AuditStore.add(connection, audit)
                                .compose(noted ->
                                        PasskeyStore.add(connection, passkey, challenge, recoveryCodes, passkeyAudit))
                                .map(true)));
    }

    /** Returns whether this token would confirm a user. */
    public Future<Boolean> canConfirm(String tokenHash, long now) {
        return EmailToken.isValid(database, Purpose.CONFIRM, tokenHash, now);
    }

    /**
     * Confirms the token's user.
     *
     * @return false when the token is unknown, used or expired
     */
    public Future<Boolean> confirm(String tokenHash, AuditEntry audit) {
        return database.write(connection -> EmailToken.consume(connection, Purpose.CONFIRM, tokenHash, audit.at())
                .compose(token -> token.isEmpty()
                        ? Future.succeededFuture(false)
                        : confirm(connection, token.get(), audit).map(true)));
    }

    private static Future<Void> confirm(SqlConnection connection, EmailToken token, AuditEntry audit) {
        return Rows.run(connection, "UPDATE users SET confirmed = 1 WHERE id = ?", token.userId())
                .compose(done -> AuditStore.add(connection, audit.of(token.userId())));
    }
}
