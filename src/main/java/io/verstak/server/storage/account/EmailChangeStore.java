package io.verstak.server.storage.account;

import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.OutboxStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;

/** Stores changes of email addresses: an address takes effect when the user has confirmed it. */
public final class EmailChangeStore {
    private final Database database;
    private final OutboxStore outbox;

    /**
     * A requested email address.
     *
     * @param token the token of the link to the new address
     * @param confirmation with that link
     * @param note to the old address
     */
    public record EmailChange(User user, EmailToken token, NewMail confirmation, NewMail note, AuditEntry audit) {}

    public EmailChangeStore(Database database, OutboxStore outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /**
     * Queues both mails and invalidates the link of an earlier request. Refuses with {@code CONFLICT} when the address
     * is taken, or when the user was blocked or given another password since the user was read.
     *
     * @param hideTaken makes a taken address look like a free one; only, no link is sent
     */
    public Future<Void> offer(EmailChange change, boolean hideTaken) {
        return database.write(connection -> UserStore.requireUnchanged(connection, change.user())
                .compose(unchanged ->
                        UserStore.emailTaken(connection, change.token().email()))
                .compose(taken -> {
                    if (taken && !hideTaken) {
                        return Message.EMAIL_TAKEN.refuse();
                    }
                    return taken ? Future.succeededFuture() : outbox.add(connection, change.confirmation());
                })
                .compose(queued -> outbox.add(connection, change.note()))
                .compose(queued -> change.token().replace(connection))
                .compose(made -> AuditStore.add(connection, change.audit())));
    }

    /** Invalidates the link of a request. Succeeds if there is none. */
    public Future<Void> forget(String userId) {
        return database.write(connection -> EmailToken.delete(connection, userId, Purpose.CHANGE));
    }

    /** Returns whether this token would change an address. */
    public Future<Boolean> canChange(String tokenHash, long now) {
        return EmailToken.isValid(database, Purpose.CHANGE, tokenHash, now);
    }

    /**
     * Changes the address of the token's user to the one it was sent to. Links sent to the old address become invalid.
     * Refuses with {@code CONFLICT} when the address is taken by now.
     *
     * @return false when the token is unknown, used or expired
     */
    public Future<Boolean> change(String tokenHash, AuditEntry audit) {
        return database.write(connection -> EmailToken.consume(connection, Purpose.CHANGE, tokenHash, audit.at())
                .compose(token -> token.isEmpty()
                        ? Future.succeededFuture(false)
                        : change(connection, token.get())
                                .compose(done -> AuditStore.add(
                                        connection, audit.of(token.get().userId())))
                                .map(true)));
    }

    private static Future<Void> change(SqlConnection connection, EmailToken token) {
        String key = Usernames.key(token.email());
        return Rows.exist(
                        connection,
                        "SELECT 1 FROM users WHERE (username_key = ? OR email_key = ?) AND id <> ?",
                        key,
                        key,
                        token.userId())
                .compose(others -> others
                        ? Message.EMAIL_TAKEN.refuse()
                        : Rows.run(
                                connection,
                                "UPDATE users SET email = ?, email_key = ?, confirmed = 1 WHERE id = ?",
                                token.email(),
                                key,
                                token.userId()))
                .compose(done -> EmailToken.delete(connection, token.userId(), Purpose.RESET));
    }
}
