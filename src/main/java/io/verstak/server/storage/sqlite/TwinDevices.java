package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.OpCodec;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Merges the two devices that earlier imports made of one device with an old key and a token. The second one's id was a digest
 * of the first one's, so that no other device can be taken for a twin.
 */
final class TwinDevices {
    private static final int ID_DIGITS = 24;
    private static final String SUFFIX = " (token)";

    private static final String SELECT = "SELECT id, user_id, scope_id, name, token_hash, token_prefix, token_suffix,"
            + " last_seen, pull_cursor, revoked_at FROM devices";

    private final Connection connection;

    private record Device(
            String id,
            String userId,
            long scopeId,
            String name,
            String hash,
            String prefix,
            String suffix,
            @Nullable Long lastSeen,
            long cursor,
            @Nullable Long revokedAt) {}

    private TwinDevices(Connection connection) {
        this.connection = connection;
    }

    /** Runs within the migration's transaction. */
    static void merge(Connection connection) throws SQLException {
        TwinDevices devices = new TwinDevices(connection);
        for (Device device : devices.all()) {
            Optional<Device> twin = devices.twin(device);
            if (twin.isPresent()) {
                devices.merge(device, twin.get());
            }
        }
    }

    private List<Device> all() throws SQLException {
        List<Device> devices = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            while (row.next()) {
                devices.add(device(row));
            }
        }
        return devices;
    }

    /** A person who has revoked one of the two meant it: they stay apart, so that nothing opens again and nothing closes. */
    private Optional<Device> twin(Device device) throws SQLException {
        String digits = Sha256.of(("token of " + device.id()).getBytes(StandardCharsets.UTF_8))
                .hex();
        try (PreparedStatement select = connection.prepareStatement(SELECT + " WHERE id = ?")) {
            select.setString(1, "dev_" + digits.substring(0, ID_DIGITS));
            try (ResultSet row = select.executeQuery()) {
                Optional<Device> found = row.next() ? Optional.of(device(row)) : Optional.empty();
                return found.filter(twin -> twin.userId().equals(device.userId())
                        && twin.scopeId() == device.scopeId()
                        && (twin.revokedAt() == null) == (device.revokedAt() == null));
            }
        }
    }

    private static Device device(ResultSet row) throws SQLException {
        return new Device(
                row.getString("id"),
                row.getString("user_id"),
                row.getLong("scope_id"),
                row.getString("name"),
                row.getString("token_hash"),
                row.getString("token_prefix"),
                row.getString("token_suffix"),
                number(row, "last_seen"),
                row.getLong("pull_cursor"),
                number(row, "revoked_at"));
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : (Long) number;
    }

    /**
     * @param keyed signs in with the old key; ops from before the import carry its id
     * @param tokened signs in with the token; ops that a desktop has pushed since the import carry its id
     */
    private void merge(Device keyed, Device tokened) throws SQLException {
        String kept = latestPusher(keyed, tokened).orElse(keyed.id());
        String dropped = kept.equals(keyed.id()) ? tokened.id() : keyed.id();
        String name = tokened.name().endsWith(SUFFIX) ? keyed.name() : tokened.name();
        update("UPDATE OR IGNORE idempotency_keys SET device_id = ? WHERE device_id = ?", kept, dropped);
        update("DELETE FROM idempotency_keys WHERE device_id = ?", dropped);
        update("UPDATE uploads SET device_id = ? WHERE device_id = ?", kept, dropped);
        update("DELETE FROM devices WHERE id = ?", dropped);
        update(
                "UPDATE devices SET name = ?, token_hash = ?, token_prefix = ?, token_suffix = ?, key_hash = ?, key_prefix = ?,"
                        + " key_suffix = ?, last_seen = ?, pull_cursor = ?, revoked_at = ? WHERE id = ?",
                name,
                tokened.hash(),
                tokened.prefix(),
                tokened.suffix(),
                keyed.hash(),
                keyed.prefix(),
                keyed.suffix(),
                later(keyed.lastSeen(), tokened.lastSeen()),
                Math.max(keyed.cursor(), tokened.cursor()),
                later(keyed.revokedAt(), tokened.revokedAt()),
                kept);
        update(
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)"
                        + " VALUES ('devices_merged', ?, ?, '', ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000)",
                keyed.userId(),
                kept,
                "%s and %s are one device, which an import had taken for two. It signs in with its token and its old key."
                        .formatted(kept, dropped));
    }

    /** The id that the latest op of the two carries: the desktop has that id now, and has passed the ops with the other one. */
    private Optional<String> latestPusher(Device one, Device other) throws SQLException {
        long key = OpCodec.deviceKey(one.id());
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT device_key FROM ops WHERE scope_id = ? AND device_key IN (?, ?) ORDER BY seq DESC LIMIT 1")) {
            select.setLong(1, one.scopeId());
            select.setLong(2, key);
            select.setLong(3, OpCodec.deviceKey(other.id()));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getLong(1) == key ? one.id() : other.id()) : Optional.empty();
            }
        }
    }

    private static @Nullable Long later(@Nullable Long one, @Nullable Long other) {
        if (one == null) {
            return other;
        }
        return other == null ? one : (Long) Math.max(one, other);
    }

    private void update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
