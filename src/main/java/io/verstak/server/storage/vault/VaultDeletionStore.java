package io.verstak.server.storage.vault;

import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.InvalidationCounter;
import io.verstak.server.storage.blob.UploadStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;

/**
 * Deletes vaults, which can be undone for a time. A deleted vault keeps everything, but its devices have no access. Removing it takes its
 * owner away in one transaction, and with it the devices; {@code OrphanedVaultCleaner} deletes what it holds, in slices.
 */
public final class VaultDeletionStore {
    private static final String SELECT = "SELECT id, user_id, vault_id, name FROM scopes WHERE ";
    private static final String DUE = "delete_after IS NOT NULL AND delete_after <= ?";

    private final Database database;

    /** A vault as deletions know it. */
    public record Target(long scopeId, String userId, String vaultId, String name) {

        /** Returns what people know it by: its name, or else its id. */
        public String label() {
            return name.isEmpty() ? vaultId : name;
        }
    }

    public VaultDeletionStore(Database database) {
        this.database = database;
    }

    public Future<Optional<Target>> find(long scopeId) {
        return database.first(
                SELECT + "id = ? AND user_id IN (SELECT id FROM users)", VaultDeletionStore::target, scopeId);
    }

    public Future<Optional<Target>> find(String userId, String vaultId) {
        return database.first(SELECT + "user_id = ? AND vault_id = ?", VaultDeletionStore::target, userId, vaultId);
    }

    /**
     * Deletes a vault: its devices have no access from the commit on. A repeated call keeps the first date. Refuses with {@code NOT_FOUND}
     * if it was removed meanwhile.
     *
     * @param removedAt milliseconds since the epoch
     * @param administrator who deletes it; empty: its owner
     */
    public Future<Void> delete(Target vault, long removedAt, String administrator, AuditEntry audit) {
        return change(
                vault,
                audit,
                connection -> Rows.update(
                        connection,
                        "UPDATE scopes SET delete_after = ?, deleted_by = ?"
                                + " WHERE id = ? AND user_id = ? AND delete_after IS NULL",
                        removedAt,
                        administrator,
                        vault.scopeId(),
                        vault.userId()));
    }

    /** Undoes {@link #delete}. Succeeds if the vault is in use. Refuses with {@code NOT_FOUND} if it was removed. */
    public Future<Void> restore(Target vault, AuditEntry audit) {
        return change(
                vault,
                audit,
                connection -> Rows.update(
                        connection,
                        "UPDATE scopes SET delete_after = NULL, deleted_by = ''"
                                + " WHERE id = ? AND user_id = ? AND delete_after IS NOT NULL",
                        vault.scopeId(),
                        vault.userId()));
    }

    private Future<Void> change(Target vault, AuditEntry audit, Change change) {
        return database.write(connection -> change.rows(connection)
                .compose(changed -> changed == 1
                        ? AuditStore.add(connection, audit)
                                .compose(noted -> InvalidationCounter.increment(connection, vault.userId()))
                        : requireExisting(connection, vault)));
    }

    private static Future<Void> requireExisting(SqlConnection connection, Target vault) {
        return Rows.exist(
                        connection,
                        "SELECT 1 FROM scopes WHERE id = ? AND user_id = ?",
                        vault.scopeId(),
                        vault.userId())
                .compose(exists -> exists ? Future.succeededFuture() : Message.VAULT_NOT_FOUND.refuse());
    }

    /** Returns deleted vaults whose time is over, the first ones first. */
    public Future<List<Target>> due(long now, int most) {
        return database.list(SELECT + DUE + " ORDER BY delete_after LIMIT ?", VaultDeletionStore::target, now, most);
    }

    /**
     * Removes a vault for good, unless its deletion was undone in the last moment: from the commit on it counts for nobody, and a device
     * that is paired with its id gets another vault.
     */
    public Future<Void> remove(Target vault, AuditEntry audit) {
        String nobody = "removed " + vault.scopeId();
        return database.write(connection -> lockOwner(connection, vault)
                .compose(locked -> Rows.update(
                        connection,
                        "UPDATE scopes SET user_id = ?, name = '', delete_after = NULL WHERE id = ? AND user_id = ? AND "
                                + DUE,
                        nobody,
                        vault.scopeId(),
                        vault.userId(),
                        audit.at()))
                .compose(due -> due == 0 ? Future.succeededFuture() : remove(connection, vault, nobody, audit)));
    }

    /** In the order in which other changes of access lock rows. */
    private static Future<Void> lockOwner(SqlConnection connection, Target vault) {
        return Rows.run(connection, "UPDATE users SET epoch = epoch WHERE id = ?", vault.userId());
    }

    private static Future<Void> remove(SqlConnection connection, Target vault, String nobody, AuditEntry audit) {
        long scopeId = vault.scopeId();
        return Rows.run(connection, "DELETE FROM devices WHERE scope_id = ?", scopeId)
                .compose(gone -> Rows.run(
                        connection,
                        "DELETE FROM connection_codes WHERE scope_id = ? OR user_id = ? AND vault_id = ?",
                        scopeId,
                        vault.userId(),
                        vault.vaultId()))
                .compose(gone -> Rows.run(connection, "DELETE FROM vault_members WHERE scope_id = ?", scopeId))
                .compose(gone -> Rows.run(connection, "DELETE FROM vault_invitations WHERE scope_id = ?", scopeId))
                .compose(gone -> UploadStore.endAllOf(connection, scopeId, nobody))
                .compose(ended ->
                        Rows.run(connection, "UPDATE blob_usage SET user_id = ? WHERE scope_id = ?", nobody, scopeId))
                .compose(freed -> AuditStore.add(connection, audit))
                .compose(noted -> InvalidationCounter.increment(connection, vault.userId()));
    }

    private static Target target(Row row) {
        return new Target(
                row.getLong("id"), row.getString("user_id"), row.getString("vault_id"), row.getString("name"));
    }

    /** Changes the row of a vault. Returns how many rows were changed. */
    private interface Change {
        Future<Integer> rows(SqlConnection connection);
    }
}
