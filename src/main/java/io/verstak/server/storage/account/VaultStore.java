package io.verstak.server.storage.account;

import io.verstak.server.domain.SyncState;
import io.verstak.server.domain.Vault;
import io.verstak.server.domain.VaultDevice;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A user's vaults and the progress of their devices, from counters, never by counting operations. */
public final class VaultStore {
    private static final String SELECT_VAULT = """
            SELECT s.id, s.vault_id, s.name, s.head, s.operations, s.last_push, s.created_at, s.delete_after, s.deleted_by,
              (SELECT COUNT(*) FROM devices d WHERE d.scope_id = s.id AND d.revoked_at IS NULL) AS devices,
              (SELECT COUNT(*) FROM vault_members m WHERE m.scope_id = s.id) AS members,
              COALESCE((SELECT u.bytes FROM blob_usage u WHERE u.scope_id = s.id), 0) AS blob_bytes
            FROM scopes s WHERE s.user_id = ?""";

    private static final String SELECT_DEVICE = """
            SELECT d.name, d.client_version, d.created_at, s.vault_id, s.name AS vault_name, %s
            FROM devices d JOIN scopes s ON s.id = d.scope_id WHERE d.user_id = ?
            ORDER BY CASE WHEN d.revoked_at IS NULL THEN 0 ELSE 1 END, d.last_seen DESC NULLS LAST, d.id LIMIT ?""".formatted(SyncStates.COLUMNS);

    private final Database database;

    /**
     * The total of a user's blobs.
     *
     * @param quota the user's own, in bytes; null for the server's default
     */
    public record StoredBytes(long used, @Nullable Long quota) {}

    public VaultStore(Database database) {
        this.database = database;
    }

    /** Returns the user's vaults, deleted ones too, the last one written to first. */
    public Future<List<Vault>> vaults(String userId) {
        return database.list(
                SELECT_VAULT + " ORDER BY COALESCE(s.last_push, s.created_at) DESC, s.id DESC",
                VaultStore::vault,
                userId);
    }

    public Future<Optional<Vault>> vault(String userId, String vaultId) {
        return database.first(SELECT_VAULT + " AND s.vault_id = ?", VaultStore::vault, userId, vaultId);
    }

    /**
     * Gives a vault a name. Returns false when the user has no such vault. Writes nothing if the vault has this name.
     */
    public Future<Boolean> rename(String userId, String vaultId, String name, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE scopes SET name = ? WHERE user_id = ? AND vault_id = ? AND name <> ?",
                        name,
                        userId,
                        vaultId,
                        name)
                .compose(done -> done == 1
                        ? AuditStore.add(connection, audit).map(true)
                        : Rows.exist(
                                connection,
                                "SELECT 1 FROM scopes WHERE user_id = ? AND vault_id = ?",
                                userId,
                                vaultId)));
    }

    /** Returns the user's devices: active ones first, then by last seen, latest first. */
    public Future<List<VaultDevice>> devices(String userId, int most) {
        return database.read(connection -> connection
                .preparedQuery(SELECT_DEVICE)
                .execute(Tuple.of(userId, most))
                .compose(rows -> SyncStates.read(database.dialect(), connection, rows, VaultStore::device)));
    }

    /** Returns the names of a vault's devices by their ids, those of members with the member's name; those of other vaults are missing. */
    public Future<Map<String, String>> deviceNames(long scopeId, Collection<String> ids) {
        if (ids.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        List<Object> values = new ArrayList<>(ids);
        values.add(scopeId);
        String sql = """
                SELECT d.id, CASE WHEN d.user_id = s.user_id THEN d.name ELSE d.name || ' (' || u.username || ')' END AS name
                FROM devices d JOIN scopes s ON s.id = d.scope_id JOIN users u ON u.id = d.user_id
                WHERE d.id IN (%s) AND d.scope_id = ?""".formatted(Rows.marks(ids.size()));
        return database.read(connection ->
                Rows.map(connection, sql, row -> row.getString("id"), row -> row.getString("name"), values.toArray()));
    }

    public Future<StoredBytes> storedBytes(String userId) {
        String sql = """
                        SELECT COALESCE((SELECT SUM(bytes) FROM blob_usage WHERE user_id = ?), 0) AS used,
                          (SELECT quota_bytes FROM users WHERE id = ?) AS quota""";
        return database.only(sql, row -> new StoredBytes(row.getLong("used"), row.getLong("quota")), userId, userId);
    }

    private static Vault vault(Row row) {
        return new Vault(
                row.getLong("id"),
                row.getString("vault_id"),
                row.getString("name"),
                row.getLong("head"),
                row.getLong("operations"),
                row.getLong("devices"),
                row.getLong("members"),
                row.getLong("blob_bytes"),
                row.getLong("last_push"),
                row.getLong("created_at"),
                row.getLong("delete_after"),
                row.getString("deleted_by"));
    }

    private static VaultDevice device(Row row, SyncState sync) {
        return new VaultDevice(
                row.getString("id"),
                row.getString("name"),
                row.getString("client_version"),
                row.getString("vault_id"),
                row.getString("vault_name"),
                sync,
                row.getLong("last_seen"),
                row.getLong("revoked_at"),
                row.getLong("created_at"));
    }
}
