package io.verstak.server.storage.account;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.error.Message;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides which vault the id of a new device means: one of its user, or one that is shared with the user. */
final class DeviceBinding {
    /** The shared vaults with an id. */
    private static final String SELECT_SHARED = """
            SELECT s.id, s.user_id, s.delete_after, m.role FROM vault_members m JOIN scopes s ON s.id = m.scope_id
            WHERE m.user_id = ? AND s.vault_id = ?""";

    private DeviceBinding() {}

    /**
     * Returns the device with its scope, which is added if nobody has one with its id, in the transaction that adds the device. Refuses with
     * {@code GONE} when the vault was deleted, with {@code CONFLICT} when several people share one with the id, and as {@link
     * ConnectionCodeStore#redeem} does.
     *
     * @param codeHash of a connection code, which is for one vault; null: the user's own vault comes before a shared one
     */
    static Future<DeviceIdentity> of(
            SqlConnection connection, DeviceStore.NewDevice device, @Nullable String codeHash) {
        Future<Optional<DeviceIdentity>> shared = codeHash == null
                ? shared(connection, device)
                : ConnectionCodeStore.redeem(connection, codeHash, device)
                        .compose(scopeId -> shared(connection, device, scopeId));
        return shared.compose(found -> found.map(Future::succeededFuture)
                .orElseGet(() -> scope(connection, device).map(scope -> new DeviceIdentity(device.id(), scope))));
    }

    /** A device in a shared vault. */
    private record Shared(DeviceIdentity device, boolean deleted) {
        Future<DeviceIdentity> admitted() {
            return deleted ? Message.VAULT_DELETED.refuse() : Future.succeededFuture(device);
        }
    }

    /** Returns the device in the vault with its id that is shared with its user; empty: there is none, or the user has an own one. */
    private static Future<Optional<DeviceIdentity>> shared(SqlConnection connection, DeviceStore.NewDevice device) {
        return Rows.list(
                        connection,
                        SELECT_SHARED + " AND NOT EXISTS (SELECT 1 FROM scopes o WHERE o.user_id = m.user_id"
                                + " AND o.vault_id = s.vault_id)",
                        row -> shared(device, row),
                        device.userId(),
                        device.vaultId())
                .compose(found -> {
                    List<Shared> used =
                            found.stream().filter(one -> !one.deleted()).toList();
                    return used.size() > 1 ? Message.VAULT_ID_AMBIGUOUS.refuse() : first(used.isEmpty() ? found : used);
                });
    }

    /** Returns the device in the shared vault that a code is for; empty: it is for an own one. */
    private static Future<Optional<DeviceIdentity>> shared(
            SqlConnection connection, DeviceStore.NewDevice device, Optional<Long> scopeId) {
        return scopeId.isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : Rows.list(
                                connection,
                                SELECT_SHARED + " AND s.id = ?",
                                row -> shared(device, row),
                                device.userId(),
                                device.vaultId(),
                                scopeId.get())
                        .compose(found -> found.isEmpty() ? Message.WRONG_LOGIN.refuse() : first(found));
    }

    private static Future<Optional<DeviceIdentity>> first(List<Shared> found) {
        return found.isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : found.get(0).admitted().map(Optional::of);
    }

    private static Shared shared(DeviceStore.NewDevice device, Row row) {
        return new Shared(
                new DeviceIdentity(
                        device.id(),
                        new Scope(row.getLong("id"), row.getString("user_id"), device.vaultId()),
                        device.userId(),
                        row.getString("role").equals(Role.READER.key())),
                row.getLong("delete_after") != null);
    }

    private static Future<Scope> scope(SqlConnection connection, DeviceStore.NewDevice device) {
        String sql = """
                        INSERT INTO scopes (user_id, vault_id, log_id, created_at, incarnation)
                        VALUES (?, ?, ?, ?, (SELECT max(n) FROM incarnations))
                        ON CONFLICT (user_id, vault_id) DO NOTHING""";
        return Rows.run(connection, sql, device.userId(), device.vaultId(), device.logId(), device.now())
                .compose(done -> Rows.first(
                        connection,
                        "SELECT id FROM scopes WHERE user_id = ? AND vault_id = ? AND delete_after IS NULL",
                        row -> new Scope(row.getLong("id"), device.userId(), device.vaultId()),
                        device.userId(),
                        device.vaultId()))
                .compose(found -> found.map(Future::succeededFuture).orElseGet(() -> Message.VAULT_DELETED.refuse()));
    }
}
