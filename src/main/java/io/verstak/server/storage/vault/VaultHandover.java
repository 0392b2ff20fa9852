package io.verstak.server.storage.vault;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.error.Message;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.InvalidationCounter;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;

/**
 * Gives a vault to one of its members. The owner before becomes an editor; every device keeps its token, and the log stays as it is. From
 * then on the blobs count for the new owner, even beyond the quota.
 */
final class VaultHandover {
    private VaultHandover() {}

    /**
     * Changes the owner within a transaction. Refuses with {@code CONFLICT} if the new one has a vault with this id, and with {@code
     * NOT_FOUND} if the new owner is no longer a member.
     *
     * @param now milliseconds since the epoch
     */
    static Future<Void> to(SqlConnection connection, Scope vault, String userId, long now) {
        long id = vault.id();
        return Rows.exist(
                        connection, "SELECT 1 FROM scopes WHERE user_id = ? AND vault_id = ?", userId, vault.vaultId())
                .compose(taken -> taken ? Message.VAULT_ID_IN_USE.<Void>refuse() : Future.succeededFuture())
                .compose(free -> Rows.update(
                        connection, "DELETE FROM vault_members WHERE scope_id = ? AND user_id = ?", id, userId))
                .compose(member -> member == 1 ? Future.<Void>succeededFuture() : Message.MEMBER_NOT_FOUND.refuse())
                .compose(left -> Rows.update(
                        connection,
                        "UPDATE scopes SET user_id = ? WHERE id = ? AND user_id = ? AND delete_after IS NULL",
                        userId,
                        id,
                        vault.userId()))
                .compose(given -> given == 1 ? Future.<Void>succeededFuture() : Message.VAULT_NOT_FOUND.refuse())
                .compose(given -> Rows.run(
                        connection,
                        "INSERT INTO vault_members (scope_id, user_id, role, joined_at) VALUES (?, ?, ?, ?)",
                        id,
                        vault.userId(),
                        Role.EDITOR.key(),
                        now))
                .compose(joined ->
                        Rows.run(connection, "UPDATE blob_usage SET user_id = ? WHERE scope_id = ?", userId, id))
                .compose(counted ->
                        Rows.run(connection, "UPDATE uploads SET user_id = ? WHERE scope_id = ?", userId, id))
                .compose(counted -> Rows.run(
                        connection, "UPDATE devices SET read_only = 0 WHERE scope_id = ? AND user_id = ?", id, userId))
                .compose(writable -> Rows.run(
                        connection,
                        "DELETE FROM connection_codes WHERE scope_id = ? OR user_id = ? AND vault_id = ?",
                        id,
                        vault.userId(),
                        vault.vaultId()))
                .compose(voided -> Rows.run(connection, "DELETE FROM vault_invitations WHERE scope_id = ?", id))
                .compose(voided -> InvalidationCounter.increment(connection, userId))
                .compose(noted -> InvalidationCounter.increment(connection, vault.userId()));
    }
}
