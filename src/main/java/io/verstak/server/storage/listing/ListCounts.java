package io.verstak.server.storage.listing;

import io.verstak.server.domain.listing.DeviceQuery;
import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;

/** The lengths of the administrators' lists; triggers keep them up to date. */
public record ListCounts(
        long users, long active, long blocked, long unconfirmed, long devices, long revoked, long vaults) {

    public static Future<ListCounts> read(SqlConnection connection) {
        return Rows.only(
                connection,
                "SELECT users, active, blocked, unconfirmed, devices, revoked, vaults FROM list_counts",
                row -> new ListCounts(
                        row.getLong("users"),
                        row.getLong("active"),
                        row.getLong("blocked"),
                        row.getLong("unconfirmed"),
                        row.getLong("devices"),
                        row.getLong("revoked"),
                        row.getLong("vaults")));
    }

    long users(UserQuery.State state) {
        return switch (state) {
            case ANY -> users;
            case ACTIVE -> active;
            case BLOCKED -> blocked;
            case UNCONFIRMED -> unconfirmed;
        };
    }

    long devices(DeviceQuery.State state) {
        return switch (state) {
            case ANY -> devices;
            case WORKING -> devices - revoked;
            case REVOKED -> revoked;
        };
    }
}
