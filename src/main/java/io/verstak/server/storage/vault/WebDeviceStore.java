package io.verstak.server.storage.vault;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.log.OpLog;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.function.LongFunction;

/** The devices under which pages change vaults. Nobody has their tokens. */
public final class WebDeviceStore {
    private final Database database;

    public WebDeviceStore(Database database) {
        this.database = database;
    }

    /**
     * A device to be added.
     *
     * @param tokenHash of a token that was thrown away
     * @param now milliseconds since the epoch
     */
    public record NewWebDevice(String userId, Scope scope, String name, String tokenHash, long now) {}

    /**
     * Returns the device of a user and a vault, and adds it if there is none that is not revoked. It has everything, so that
     * nothing ever waits for it.
     *
     * @param id returns the ids that such a device can have, one after the other
     */
    public Future<DeviceIdentity> get(NewWebDevice device, LongFunction<String> id) {
        return database.write(connection -> get(connection, device, id, 0));
    }

    private static Future<DeviceIdentity> get(
            SqlConnection connection, NewWebDevice device, LongFunction<String> id, long number) {
        String next = id.apply(number);
        DeviceIdentity identity = new DeviceIdentity(next, device.scope(), device.userId(), false);
        return Rows.first(
                        connection,
                        "SELECT revoked_at FROM devices WHERE id = ?",
                        row -> row.getLong("revoked_at") == null,
                        next)
                .compose(working -> {
                    if (working.isEmpty()) {
                        return add(connection, device, next).map(identity);
                    }
                    return working.get() ? Future.succeededFuture(identity) : get(connection, device, id, number + 1);
                });
    }

    private static Future<Void> add(SqlConnection connection, NewWebDevice device, String id) {
        return Rows.run(
                connection,
                """
                        INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix,
                          token_suffix, pull_cursor, last_seen, created_at) VALUES (?, ?, ?, ?, '', ?, '', '', ?, ?, ?)""",
                id,
                device.userId(),
                device.scope().id(),
                device.name(),
                device.tokenHash(),
                OpLog.MAX_SEQUENCE,
                device.now(),
                device.now());
    }
}
