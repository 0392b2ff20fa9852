package io.verstak.server.storage.vault;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.sharing.Invitation;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.OutboxStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;

/** Invitations to vaults. An invitation of an address is for the user who has confirmed it, now or later. */
public final class VaultInvitationStore {
    /** The most members of a vault, with those who are invited. */
    static final int MOST = 100;

    /** Brought members. A node that knows no members would take one for the owner. */
    private static final int SCHEMA = 36;

    private static final String SELECT = """
            SELECT i.id, i.name AS invited, i.role, i.created_at, i.expires_at, s.id AS scope_id, s.user_id AS owner_id,
              s.vault_id, s.name, o.username,
              (SELECT COUNT(*) FROM scopes mine WHERE mine.user_id = ? AND mine.vault_id = s.vault_id) AS taken
            FROM vault_invitations i JOIN scopes s ON s.id = i.scope_id AND s.delete_after IS NULL
            JOIN users o ON o.id = s.user_id WHERE i.expires_at > ?""";

    private static final String FOR_USER = " AND s.user_id <> ? AND (i.user_id = ? OR i.address <> '' AND i.address IN"
            + " (SELECT email_key FROM users WHERE id = ? AND confirmed <> 0))"
            + " AND (i.role = 'owner' OR NOT EXISTS (SELECT 1 FROM vault_members m WHERE m.scope_id = s.id AND m.user_id = ?))";

    private final Database database;
    private final OutboxStore outbox;

    /**
     * An invitation to be added. Times are milliseconds since the epoch.
     *
     * @param userId whom it invites; empty: the user who has the address
     * @param address in the form in which addresses are compared, whether somebody has it or not; empty: the user's does not matter
     * @param name as the owner has typed it
     * @param mail empty: the user is told by the audit log
     */
    public record NewInvitation(
            String id,
            Scope vault,
            String userId,
            String address,
            String name,
            Role role,
            long createdAt,
            long expiresAt,
            Optional<NewMail> mail) {}

    /** An invitation with the vault that it is for. */
    public record Found(Invitation invitation, Scope vault) {}

    public VaultInvitationStore(Database database, OutboxStore outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /**
     * Adds an invitation, in place of an earlier one for the same person. Refuses with {@code NOT_FOUND} if the vault has another owner or
     * was deleted, and with {@code CONFLICT} if the user is a member, or, where the vault is handed over, is none. It does not say so of an
     * address: that would tell whose it is.
     */
    public Future<Void> add(NewInvitation invitation, List<AuditEntry> audit) {
        Scope vault = invitation.vault();
        return database.write(connection -> MemberStore.lock(connection, vault.userId())
                .compose(locked -> requireOwn(connection, vault))
                .compose(own -> requireMember(connection, invitation))
                .compose(fits -> Rows.run(
                        connection,
                        "DELETE FROM vault_invitations WHERE scope_id = ? AND user_id = ? AND address = ?",
                        vault.id(),
                        invitation.userId(),
                        invitation.address()))
                .compose(replaced -> requireFew(connection, invitation))
                .compose(few -> insert(connection, invitation))
                .compose(added -> invitation.mail().isPresent()
                        ? outbox.add(connection, invitation.mail().get())
                        : Future.succeededFuture())
                .compose(queued -> MemberStore.addAll(connection, audit)));
    }

    private static Future<Void> requireOwn(SqlConnection connection, Scope vault) {
        return Rows.exist(
                        connection,
                        "SELECT 1 FROM scopes WHERE id = ? AND user_id = ? AND delete_after IS NULL",
                        vault.id(),
                        vault.userId())
                .compose(own -> own ? Future.succeededFuture() : Message.VAULT_NOT_FOUND.refuse());
    }

    private static Future<Void> requireMember(SqlConnection connection, NewInvitation invitation) {
        if (invitation.userId().isEmpty()) {
            return Future.succeededFuture();
        }
        return Rows.exist(
                        connection,
                        "SELECT 1 FROM vault_members WHERE scope_id = ? AND user_id = ?",
                        invitation.vault().id(),
                        invitation.userId())
                .compose(member -> {
                    if (member == (invitation.role() == Role.OWNER)) {
                        return Future.succeededFuture();
                    }
                    return member ? Message.MEMBER_ALREADY.refuse() : Message.MEMBER_NOT_FOUND.refuse();
                });
    }

    /** A vault that is handed over gets no further member. */
    private static Future<Void> requireFew(SqlConnection connection, NewInvitation invitation) {
        return Rows.only(
                        connection,
                        "SELECT (SELECT COUNT(*) FROM vault_members WHERE scope_id = ?)"
                                + " + (SELECT COUNT(*) FROM vault_invitations WHERE scope_id = ? AND expires_at > ?) AS n",
                        row -> row.getLong("n"),
                        invitation.vault().id(),
                        invitation.vault().id(),
                        invitation.createdAt())
                .compose(count -> count < MOST || invitation.role() == Role.OWNER
                        ? Future.succeededFuture()
                        : Message.TOO_MANY_MEMBERS.refuse());
    }

    private static Future<Void> insert(SqlConnection connection, NewInvitation invitation) {
        return Rows.run(
                connection,
                """
                        INSERT INTO vault_invitations (id, scope_id, user_id, address, name, role, created_at, expires_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                invitation.id(),
                invitation.vault().id(),
                invitation.userId(),
                invitation.address(),
                invitation.name(),
                invitation.role().key(),
                invitation.createdAt(),
                invitation.expiresAt());
    }

    /** Returns the open invitations to a vault, the latest first. */
    public Future<List<Invitation>> ofVault(Scope vault, long now) {
        return database.list(
                SELECT + " AND s.id = ? AND s.user_id = ? ORDER BY i.created_at DESC, i.id",
                row -> found(row).invitation(),
                "",
                now,
                vault.id(),
                vault.userId());
    }

    /** Returns the open invitations of a user, the latest first. */
    public Future<List<Invitation>> ofUser(String userId, long now) {
        return database.list(
                SELECT + FOR_USER + " ORDER BY i.created_at DESC, i.id LIMIT " + MOST,
                row -> found(row).invitation(),
                userId,
                now,
                userId,
                userId,
                userId,
                userId);
    }

    /** Withdraws an invitation to a vault. Succeeds if there is none. */
    public Future<Void> withdraw(String ownerId, String id, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "DELETE FROM vault_invitations WHERE id = ?"
                                + " AND scope_id IN (SELECT id FROM scopes WHERE user_id = ?)",
                        id,
                        ownerId)
                .compose(
                        gone -> gone == 0 ? Future.succeededFuture() : MemberStore.addAll(connection, List.of(audit))));
    }

    /** Returns an open invitation of a user. */
    public Future<Optional<Found>> find(String userId, String id, long now) {
        return database.first(
                SELECT + FOR_USER + " AND i.id = ?",
                VaultInvitationStore::found,
                userId,
                now,
                userId,
                userId,
                userId,
                userId,
                id);
    }

    /** Deletes an invitation that its user does not want. Succeeds if it is gone. */
    public Future<Void> decline(Found found, List<AuditEntry> audit) {
        return database.write(connection -> delete(connection, found)
                .compose(gone -> gone == 0 ? Future.succeededFuture() : MemberStore.addAll(connection, audit)));
    }

    /**
     * Makes the user a member, or, if the vault is handed over, its owner. Refuses with {@code UNAVAILABLE} while a node of an older
     * release serves, with {@code NOT_FOUND} if the invitation was withdrawn in
     * the last moment, and with {@code CONFLICT} if a new owner has a vault with this id.
     */
    public Future<Void> accept(Found found, String userId, List<AuditEntry> audit) {
        Role role = found.invitation().role();
        return database.write(connection -> NodeStore.requireAllSince(connection, SCHEMA)
                .compose(known -> MemberStore.lock(connection, userId))
                .compose(locked -> delete(connection, found))
                .compose(open -> open == 1 ? Future.<Void>succeededFuture() : Message.VAULT_INVITATION_GONE.refuse())
                .compose(open -> requireOwn(connection, found.vault()))
                .compose(own -> role == Role.OWNER
                        ? VaultHandover.to(
                                connection, found.vault(), userId, audit.get(0).at())
                        : join(connection, found, userId, audit.get(0).at()))
                .compose(done -> MemberStore.addAll(connection, audit)));
    }

    /** Deletes all invitations of a user to a vault, those of the user's address too. */
    static Future<Void> deleteOf(SqlConnection connection, long scopeId, String userId) {
        return Rows.run(
                connection,
                "DELETE FROM vault_invitations WHERE scope_id = ? AND (user_id = ? OR address <> '' AND address IN"
                        + " (SELECT email_key FROM users WHERE id = ? AND confirmed <> 0))",
                scopeId,
                userId,
                userId);
    }

    private static Future<Integer> delete(SqlConnection connection, Found found) {
        return Rows.update(
                connection,
                "DELETE FROM vault_invitations WHERE id = ?",
                found.invitation().id());
    }

    /** One person may have two invitations, by name and by address; a member keeps the role. */
    private static Future<Void> join(SqlConnection connection, Found found, String userId, long now) {
        return Rows.run(
                        connection,
                        """
                        INSERT INTO vault_members (scope_id, user_id, role, joined_at) VALUES (?, ?, ?, ?)
                        ON CONFLICT (scope_id, user_id) DO NOTHING""",
                        found.vault().id(),
                        userId,
                        found.invitation().role().key(),
                        now)
                .compose(joined -> deleteOf(connection, found.vault().id(), userId));
    }

    private static Found found(Row row) {
        String name = row.getString("name");
        String vaultId = row.getString("vault_id");
        return new Found(
                new Invitation(
                        row.getString("id"),
                        row.getString("invited"),
                        Role.of(row.getString("role")).orElse(Role.READER),
                        vaultId,
                        name.isEmpty() ? vaultId : name,
                        row.getString("username"),
                        row.getLong("taken") > 0,
                        row.getLong("created_at"),
                        row.getLong("expires_at")),
                new Scope(row.getLong("scope_id"), row.getString("owner_id"), vaultId));
    }
}
