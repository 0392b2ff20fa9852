package io.verstak.server.storage.vault;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.sharing.Member;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.domain.sharing.SharedVault;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.InvalidationCounter;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;

/**
 * The members of shared vaults. Each of a member's devices of the vault has a row that says what it may do, so that a push or a pull asks
 * for nothing more: whatever changes a member changes these rows in the same transaction.
 */
public final class MemberStore {
    private static final String SELECT_SHARED = """
            SELECT s.id, s.user_id, s.vault_id, s.name, s.delete_after, o.username, m.role FROM vault_members m
            JOIN scopes s ON s.id = m.scope_id JOIN users o ON o.id = s.user_id WHERE m.user_id = ?""";

    private static final String OWNED = " AND EXISTS (SELECT 1 FROM scopes s WHERE s.id = scope_id AND s.user_id = ?)";

    private final Database database;

    public MemberStore(Database database) {
        this.database = database;
    }

    /** Returns the members of a vault in the order in which they have joined. */
    public Future<List<Member>> members(long scopeId) {
        return database.list("""
                        SELECT m.user_id, u.username, m.role, m.joined_at, COUNT(d.id) AS devices, MAX(d.last_seen) AS last_seen
                        FROM vault_members m JOIN users u ON u.id = m.user_id
                        LEFT JOIN devices d ON d.scope_id = m.scope_id AND d.user_id = m.user_id AND d.revoked_at IS NULL
                        WHERE m.scope_id = ? GROUP BY m.user_id, u.username, m.role, m.joined_at ORDER BY m.joined_at, m.user_id""", MemberStore::member, scopeId);
    }

    /** Returns the vaults that are shared with a user, by the names of their owners. */
    public Future<List<SharedVault>> shared(String userId) {
        return database.list(SELECT_SHARED + " ORDER BY o.username, s.id", MemberStore::shared, userId);
    }

    /** Returns the vaults with an id that are shared with a user: several owners may use the same one. */
    public Future<List<SharedVault>> shared(String userId, String vaultId) {
        return database.list(
                SELECT_SHARED + " AND s.vault_id = ? ORDER BY o.username, s.id", MemberStore::shared, userId, vaultId);
    }

    /** Returns the vault with an id that its owner shares with a user; empty: there is none. */
    public Future<Optional<SharedVault>> shared(String userId, String vaultId, String ownerId) {
        return database.first(
                SELECT_SHARED + " AND s.vault_id = ? AND s.user_id = ?", MemberStore::shared, userId, vaultId, ownerId);
    }

    /**
     * Changes what a member may do, at once for all of the member's devices. Refuses with {@code NOT_FOUND} if the user is not a member of the
     * vault, or if the vault has another owner.
     */
    public Future<Void> change(Scope vault, String userId, Role role, List<AuditEntry> audit) {
        int readOnly = role == Role.READER ? 1 : 0;
        return database.write(connection -> lock(connection, userId)
                .compose(locked -> Rows.update(
                        connection,
                        "UPDATE vault_members SET role = ? WHERE scope_id = ? AND user_id = ?" + OWNED,
                        role.key(),
                        vault.id(),
                        userId,
                        vault.userId()))
                .compose(MemberStore::requireOne)
                .compose(changed -> Rows.run(
                        connection,
                        "UPDATE devices SET read_only = ? WHERE scope_id = ? AND user_id = ?",
                        readOnly,
                        vault.id(),
                        userId))
                .compose(changed -> addAll(connection, audit))
                .compose(noted -> InvalidationCounter.increment(connection, userId)));
    }

    /**
     * Ends a membership: the member's devices of the vault are revoked, and codes for them are void. Refuses with {@code NOT_FOUND} as
     * {@link #change} does.
     */
    public Future<Void> remove(Scope vault, String userId, List<AuditEntry> audit) {
        return database.write(connection -> lock(connection, userId)
                .compose(locked -> Rows.update(
                        connection,
                        "DELETE FROM vault_members WHERE scope_id = ? AND user_id = ?" + OWNED,
                        vault.id(),
                        userId,
                        vault.userId()))
                .compose(MemberStore::requireOne)
                .compose(removed -> Rows.run(
                        connection,
                        "UPDATE devices SET revoked_at = ? WHERE scope_id = ? AND user_id = ? AND revoked_at IS NULL",
                        audit.get(0).at(),
                        vault.id(),
                        userId))
                .compose(revoked -> Rows.run(
                        connection,
                        "DELETE FROM connection_codes WHERE user_id = ? AND scope_id = ?",
                        userId,
                        vault.id()))
                .compose(voided -> VaultInvitationStore.deleteOf(connection, vault.id(), userId))
                .compose(voided -> addAll(connection, audit))
                .compose(noted -> InvalidationCounter.increment(connection, userId)));
    }

    static Future<Void> addAll(SqlConnection connection, List<AuditEntry> audit) {
        return audit.stream()
                .reduce(
                        Future.<Void>succeededFuture(),
                        (before, entry) -> before.compose(added -> AuditStore.add(connection, entry)),
                        (one, other) -> other);
    }

    /**
     * Locks a user in the order in which other changes of access lock rows: a device that is being paired has the row of its user. Refuses
     * with {@code NOT_FOUND} if the user was deleted.
     */
    static Future<Void> lock(SqlConnection connection, String userId) {
        return Rows.update(connection, "UPDATE users SET epoch = epoch WHERE id = ?", userId)
                .compose(locked -> locked == 1 ? Future.succeededFuture() : Message.USER_NOT_FOUND.refuse());
    }

    private static Future<Void> requireOne(int changed) {
        return changed == 1 ? Future.succeededFuture() : Message.MEMBER_NOT_FOUND.refuse();
    }

    private static Member member(Row row) {
        return new Member(
                row.getString("user_id"),
                row.getString("username"),
                Role.of(row.getString("role")).orElse(Role.READER),
                row.getLong("devices"),
                row.getLong("last_seen"),
                row.getLong("joined_at"));
    }

    private static SharedVault shared(Row row) {
        return new SharedVault(
                new Scope(row.getLong("id"), row.getString("user_id"), row.getString("vault_id")),
                row.getString("name"),
                row.getString("username"),
                Role.of(row.getString("role")).orElse(Role.READER),
                row.getLong("delete_after") != null);
    }
}
