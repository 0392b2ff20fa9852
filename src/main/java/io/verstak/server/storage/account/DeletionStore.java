package io.verstak.server.storage.account;

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
import java.util.List;

/** Stores requests of users to delete their accounts, which take effect after a grace period. */
public final class DeletionStore {
    private static final String DUE = "delete_after IS NOT NULL AND delete_after <= ?";

    private final Database database;
    private final OutboxStore outbox;

    /**
     * A request for deletion.
     *
     * @param keep the token of the link that cancels it; the account may be deleted when it expires
     * @param mail with that link
     */
    public record Wish(User user, EmailToken keep, NewMail mail, AuditEntry audit) {}

    public DeletionStore(Database database, OutboxStore outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /**
     * Stores the request and queues the mail. An earlier request stays as it is, without another mail. Refuses with
     * {@code CONFLICT} when the user was blocked or given another password since the user was read.
     */
    public Future<Void> ask(Wish wish) {
        return database.write(connection -> UserStore.requireUnchanged(connection, wish.user())
                .compose(unchanged -> Rows.update(
                        connection,
                        "UPDATE users SET delete_after = ? WHERE id = ? AND delete_after IS NULL",
                        wish.keep().expiresAt(),
                        wish.user().id()))
                .compose(done -> done == 0
                        ? Future.succeededFuture()
                        : wish.keep()
                                .replace(connection)
                                .compose(made -> outbox.add(connection, wish.mail()))
                                .compose(queued -> AuditStore.add(connection, wish.audit()))));
    }

    /** Cancels the request. Succeeds if there is none. */
    public Future<Void> keep(String userId, AuditEntry audit) {
        return database.write(connection -> keep(connection, userId, audit));
    }

    /** Returns whether this token would cancel a request. */
    public Future<Boolean> canKeep(String tokenHash, long now) {
        return EmailToken.isValid(database, Purpose.KEEP, tokenHash, now);
    }

    /**
     * Cancels the request that the token belongs to.
     *
     * @return false when the token is unknown, used or expired
     */
    public Future<Boolean> keepBy(String tokenHash, AuditEntry audit) {
        return database.write(connection -> EmailToken.consume(connection, Purpose.KEEP, tokenHash, audit.at())
                .compose(token -> token.isEmpty()
                        ? Future.succeededFuture(false)
                        : keep(connection, token.get().userId(), audit).map(true)));
    }

    private static Future<Void> keep(SqlConnection connection, String userId, AuditEntry audit) {
        return Rows.update(
                        connection,
                        "UPDATE users SET delete_after = NULL WHERE id = ? AND delete_after IS NOT NULL",
                        userId)
                .compose(done -> done == 0
                        ? Future.succeededFuture()
                        : EmailToken.delete(connection, userId, Purpose.KEEP)
                                .compose(voided -> AuditStore.add(connection, audit.of(userId))));
    }

    /** Returns the users whose grace period is over. */
    public Future<List<String>> due(long now, int most) {
        return database.list(
                "SELECT id FROM users WHERE " + DUE + " ORDER BY delete_after LIMIT ?",
                row -> row.getString("id"),
                now,
                most);
    }

    /** Deletes a user as {@link UserStore#delete} does, unless the request was cancelled in the last moment. */
    public Future<Void> delete(String userId, String pseudonym, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection, "UPDATE users SET epoch = epoch + 1 WHERE id = ? AND " + DUE, userId, audit.at())
                .compose(due ->
                        due == 0 ? Future.succeededFuture() : UserStore.delete(connection, userId, pseudonym, audit)));
    }
}
