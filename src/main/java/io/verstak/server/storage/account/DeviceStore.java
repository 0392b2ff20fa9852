package io.verstak.server.storage.account;

import io.verstak.server.domain.Device;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Devices, their tokens and old keys (hashed), and the scopes that they are bound to. */
public final class DeviceStore {
    private static final String SELECT_DEVICE = """
            SELECT d.id, d.user_id, u.username, d.name, d.client_version, d.last_seen, d.revoked_at, d.created_at
            FROM devices d JOIN users u ON u.id = d.user_id WHERE\s""";

    private static final int DEVICES_PER_QUERY = 500;

    private final Database database;

    /** A device to be added. Its token is kept as a hash and a hint. */
    public record NewDevice(
            String id,
            String userId,
            String vaultId,
            String name,
            String clientVersion,
            String tokenHash,
            String tokenPrefix,
            String tokenSuffix,
            String logId,
            long now) {}

    /**
     * A device as found by its token.
     *
     * @param deleted whether its vault was deleted
     */
    public record Bearer(DeviceIdentity identity, boolean revoked, boolean blocked, boolean deleted) {}

    /**
     * The latest activity of a device.
     *
     * @param pullCursor the sequence up to which it has applied the log; 0: nothing
     * @param delivered the head of its log when it was last sent everything; 0: never
     * @param syncedAt when that was; null: never
     */
    public record Activity(
            String deviceId,
            long lastSeen,
            long pullCursor,
            long delivered,
            @Nullable Long syncedAt) {}

    public DeviceStore(Database database) {
        this.database = database;
    }

    /** Returns whether other nodes may change what was read a moment ago. */
    public boolean isShared() {
        return database.isShared();
    }

    /**
     * Adds a device, and the scope it is bound to if it is the first there. Refuses with {@code UNAUTHORIZED} when the
     * user was blocked, deleted or given another password since the password was checked, and with {@code GONE} when the vault was deleted
     * and is not removed yet. A vault of the user's own comes before one that is shared with the user; refuses with {@code CONFLICT} if
     * several people share one with this id.
     *
     * @param epoch the user's when the password was checked
     * @param codeHash of the connection code that was entered instead of the password, which it redeems as {@link ConnectionCodeStore} describes;
     *     null: none
     */
    public Future<DeviceIdentity> add(NewDevice device, long epoch, @Nullable String codeHash, AuditEntry audit) {
        return database.write(connection -> requireUnchanged(connection, device, epoch)
                .compose(unchanged -> DeviceBinding.of(connection, device, codeHash))
                .compose(identity -> insert(connection, device, identity)
                        .compose(added -> AuditStore.add(connection, audit))
                        .map(identity)));
    }

    /** Locks the user's row until the transaction ends, as a query would not. */
    private static Future<Void> requireUnchanged(SqlConnection connection, NewDevice device, long epoch) {
        return Rows.update(
                        connection,
                        "UPDATE users SET last_seen = ? WHERE id = ? AND epoch = ? AND blocked = 0",
                        device.now(),
                        device.userId(),
                        epoch)
                .compose(seen -> seen == 1 ? Future.succeededFuture() : ErrorCode.UNAUTHORIZED.refuse());
    }

    private static Future<Void> insert(SqlConnection connection, NewDevice device, DeviceIdentity identity) {
        return Rows.run(
                connection,
                """
                        INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix,
                          token_suffix, last_seen, created_at, read_only) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                device.id(),
                device.userId(),
                identity.scope().id(),
                device.name(),
                device.clientVersion(),
                device.tokenHash(),
                device.tokenPrefix(),
                device.tokenSuffix(),
                device.now(),
                device.now(),
                identity.readOnly() ? 1 : 0);
    }

    /** Finds the device whose token, or whose old key, has this hash. */
    public Future<Optional<Bearer>> findByTokenHash(String tokenHash) {
        return database.first("""
                        SELECT d.id, d.user_id, d.scope_id, d.revoked_at, d.read_only, s.user_id AS owner_id, s.vault_id, s.delete_after,
                          u.blocked FROM devices d
                        JOIN scopes s ON s.id = d.scope_id JOIN users u ON u.id = d.user_id
                        WHERE d.token_hash = ? OR d.key_hash = ?""", DeviceStore::bearer, tokenHash, tokenHash);
    }

    /** Returns those of the devices that are not revoked, and whose users are not blocked and vaults not deleted. */
    public Future<Set<String>> admitted(Collection<String> deviceIds) {
        List<String> ids = List.copyOf(deviceIds);
        Set<String> admitted = new HashSet<>();
        Future<Void> done = Future.succeededFuture();
        for (int from = 0; from < ids.size(); from += DEVICES_PER_QUERY) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + DEVICES_PER_QUERY));
            done = done.compose(before -> admittedOf(some))
                    .onSuccess(admitted::addAll)
                    .mapEmpty();
        }
        return done.map(admitted);
    }

    private Future<List<String>> admittedOf(List<String> ids) {
        String marks = Rows.marks(ids.size());
        return database.list(
                "SELECT d.id FROM devices d JOIN users u ON u.id = d.user_id JOIN scopes s ON s.id = d.scope_id"
                        + " WHERE d.revoked_at IS NULL AND u.blocked = 0 AND s.delete_after IS NULL AND d.id IN ("
                        + marks + ")",
                row -> row.getString("id"),
                ids.toArray());
    }

    public Future<Optional<Device>> find(String deviceId) {
        return database.first(SELECT_DEVICE + "d.id = ?", DeviceStore::device, deviceId);
    }

    /** Returns the user's devices, latest first. */
    public Future<List<Device>> list(String userId) {
        return database.list(
                SELECT_DEVICE + "d.user_id = ? ORDER BY d.created_at DESC, d.id", DeviceStore::device, userId);
    }

    /**
     * Revokes a device for good; a revoked one keeps its time.
     *
     * @return the hashes of its token and its old key; none if the device does not exist
     */
    public Future<List<String>> revoke(String deviceId, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE devices SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                        audit.at(),
                        deviceId)
                .compose(done -> done == 0
                        ? Future.succeededFuture()
                        // A command may revoke it beside a running server, which has cached its token.
                        : AuditStore.add(connection, audit)
                                .compose(noted -> Rows.only(
                                        connection,
                                        "SELECT user_id FROM devices WHERE id = ?",
                                        row -> row.getString("user_id"),
                                        deviceId))
                                .compose(owner -> InvalidationCounter.increment(connection, owner)))
                .compose(noted -> Rows.list(
                        connection,
                        "SELECT token_hash AS hash FROM devices WHERE id = ?"
                                + " UNION ALL SELECT key_hash FROM devices WHERE id = ? AND key_hash IS NOT NULL",
                        row -> row.getString("hash"),
                        deviceId,
                        deviceId)));
    }

    /**
     * Renames a device.
     *
     * @return false when the user has no such device
     */
    public Future<Boolean> rename(String userId, String deviceId, String name, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection, "UPDATE devices SET name = ? WHERE id = ? AND user_id = ?", name, deviceId, userId)
                .compose(done -> done == 0
                        ? Future.succeededFuture(false)
                        : AuditStore.add(connection, audit).map(true)));
    }

    static Future<Void> revokeAll(SqlConnection connection, String userId, long now) {
        return Rows.run(
                connection, "UPDATE devices SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL", now, userId);
    }

    /** Stores the activity of many devices in one transaction. Positions never move back. */
    public Future<Void> note(Collection<Activity> activities) {
        List<Tuple> devices = activities.stream()
                .map(activity -> Tuple.from(Arrays.asList(
                        activity.lastSeen(),
                        activity.pullCursor(),
                        activity.pullCursor(),
                        activity.delivered(),
                        activity.delivered(),
                        activity.syncedAt(),
                        activity.deviceId())))
                .toList();
        List<Tuple> owners = activities.stream()
                .map(activity -> Tuple.of(activity.lastSeen(), activity.deviceId(), activity.lastSeen()))
                .toList();
        return database.write(connection -> connection
                .preparedQuery("""
                        UPDATE devices SET last_seen = ?,
                          pull_cursor = CASE WHEN pull_cursor < ? THEN ? ELSE pull_cursor END,
                          delivered = CASE WHEN delivered < ? THEN ? ELSE delivered END,
                          synced_at = COALESCE(?, synced_at) WHERE id = ?""")
                .executeBatch(devices)
                .compose(noted -> connection.preparedQuery("""
                        UPDATE users SET last_seen = ?
                        WHERE id = (SELECT user_id FROM devices WHERE id = ?) AND COALESCE(last_seen, 0) < ?""").executeBatch(owners))
                .mapEmpty());
    }

    private static Bearer bearer(Row row) {
        Scope scope = new Scope(row.getLong("scope_id"), row.getString("owner_id"), row.getString("vault_id"));
        return new Bearer(
                new DeviceIdentity(
                        row.getString("id"), scope, row.getString("user_id"), row.getInteger("read_only") != 0),
                row.getLong("revoked_at") != null,
                row.getInteger("blocked") != 0,
                row.getLong("delete_after") != null);
    }

    private static Device device(Row row) {
        return new Device(
                row.getString("id"),
                row.getString("user_id"),
                row.getString("username"),
                row.getString("name"),
                row.getString("client_version"),
                row.getLong("last_seen"),
                row.getLong("revoked_at"),
                row.getLong("created_at"));
    }
}
