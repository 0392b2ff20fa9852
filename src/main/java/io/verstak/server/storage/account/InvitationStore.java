package io.verstak.server.storage.account;

import io.verstak.server.domain.listing.InvitationSummary;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.OutboxStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores invitations: links that let one person register. */
public final class InvitationStore {
    private static final String LISTED = """
            SELECT i.id, i.email, i.invited_by, i.used_by, u.username, i.created_at, i.expires_at
            FROM invitations i LEFT JOIN users u ON u.id = i.used_by""";

    private final Database database;
    private final OutboxStore outbox;

    /**
     * An invitation. Times are milliseconds since the epoch.
     *
     * @param email the address it is mailed to; empty when it is handed over in another way
     * @param invitedBy the administrator, or {@code command line}
     */
    public record Invitation(
            String id, String tokenHash, String email, String invitedBy, long createdAt, long expiresAt) {}

    public InvitationStore(Database database, OutboxStore outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /** Adds an invitation and queues its mail, if it has one. */
    public Future<Void> add(Invitation invitation, Optional<NewMail> mail, AuditEntry audit) {
        return database.write(connection -> Rows.run(
                        connection,
                        """
                        INSERT INTO invitations (id, token_hash, email, invited_by, created_at, expires_at)
                        VALUES (?, ?, ?, ?, ?, ?)""",
                        invitation.id(),
                        invitation.tokenHash(),
                        invitation.email(),
                        invitation.invitedBy(),
                        invitation.createdAt(),
                        invitation.expiresAt())
                .compose(added -> mail.isEmpty() ? Future.succeededFuture() : outbox.add(connection, mail.get()))
                .compose(queued -> AuditStore.add(connection, audit)));
    }

    /** Returns all invitations, latest first, including used and expired ones. */
    public static Future<List<InvitationSummary>> list(Database database, long offset, int limit) {
        return database.list(
                LISTED + " ORDER BY i.created_at DESC, i.id DESC LIMIT ? OFFSET ?",
                InvitationStore::listed,
                limit,
                offset);
    }

    /** Returns the invitation with this id. */
    public static Future<Optional<InvitationSummary>> find(Database database, String id) {
        return database.first(LISTED + " WHERE i.id = ?", InvitationStore::listed, id);
    }

    private static InvitationSummary listed(Row row) {
        @Nullable String usedBy = row.getString("username");
        return new InvitationSummary(
                row.getString("id"),
                row.getString("email"),
                row.getString("invited_by"),
                row.getString("used_by"),
                usedBy == null ? "" : usedBy,
                row.getLong("created_at"),
                row.getLong("expires_at"));
    }

    /** Revokes an unused invitation. Succeeds if there is none. */
    public Future<Void> revoke(String id, AuditEntry audit) {
        return database.write(
                connection -> Rows.update(connection, "DELETE FROM invitations WHERE id = ? AND used_by = ''", id)
                        .compose(gone -> gone == 0 ? Future.succeededFuture() : AuditStore.add(connection, audit)));
    }

    /** Returns whether this token is valid now. */
    public Future<Boolean> isOpen(String tokenHash, long now) {
        return database.exist(
                "SELECT 1 FROM invitations WHERE token_hash = ? AND used_by = '' AND expires_at > ?", tokenHash, now);
    }

    /** Returns the address that an invitation was mailed to; empty if it was mailed to nobody. */
    public Future<String> address(String tokenHash) {
        return database.list(
                        "SELECT email FROM invitations WHERE token_hash = ?", row -> row.getString("email"), tokenHash)
                .map(found -> found.isEmpty() ? "" : found.get(0));
    }

    /** Redeems an invitation. Refuses with {@code FORBIDDEN} when it was used, has expired, or never existed. */
    static Future<Void> use(SqlConnection connection, String tokenHash, String userId, long now) {
        return Rows.update(
                        connection,
                        "UPDATE invitations SET used_by = ?"
                                + " WHERE token_hash = ? AND used_by = '' AND expires_at > ?",
                        userId,
                        tokenHash,
                        now)
                .compose(used -> used == 1 ? Future.succeededFuture() : Message.INVITATION_EXPIRED.refuse());
    }
}
