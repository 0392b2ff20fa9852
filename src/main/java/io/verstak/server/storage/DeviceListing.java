package io.verstak.server.storage;

import io.verstak.server.domain.listing.DeviceQuery;
import io.verstak.server.domain.listing.ListedDevice;
import io.verstak.server.domain.listing.Listing;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The devices of all users as administrators see them, the latest first. */
public final class DeviceListing {
    private static final String SELECT = """
            SELECT d.id, d.name, d.client_version, d.last_seen, d.revoked_at, d.created_at, d.token_prefix, d.token_suffix,
              d.pull_cursor, d.user_id, d.scope_id, u.username, s.vault_id, s.head
            FROM devices d JOIN users u ON u.id = d.user_id JOIN scopes s ON s.id = d.scope_id\s""";

    private static final String LATEST = " ORDER BY d.created_at DESC, d.id DESC";

    private final Database database;

    public DeviceListing(Database database) {
        this.database = database;
    }

    /** Up to {@code limit} devices after a position: for those who read them all. */
    public Future<List<ListedDevice>> after(DeviceQuery.Position position, boolean onlyWorking, int limit) {
        return database.read(connection -> connection
                .preparedQuery(SELECT + "WHERE (d.created_at, d.id) < (?, ?)"
                        + (onlyWorking ? " AND d.revoked_at IS NULL" : "") + LATEST + " LIMIT ?")
                .execute(Tuple.of(position.createdAt(), position.id(), limit))
                .map(DeviceListing::devices));
    }

    public Future<List<ListedDevice>> ofUser(String userId) {
        return of("d.user_id = ?", userId);
    }

    public Future<List<ListedDevice>> ofScope(long scopeId) {
        return of("d.scope_id = ?", scopeId);
    }

    private Future<List<ListedDevice>> of(String condition, Object value) {
        return database.read(connection -> connection
                .preparedQuery(SELECT + "WHERE " + condition + LATEST)
                .execute(Tuple.of(value))
                .map(DeviceListing::devices));
    }

    public Future<Listing<ListedDevice>> list(DeviceQuery query) {
        return database.read(connection -> query.text().isEmpty()
                ? list(connection, query, "", List.of())
                : UserSearch.find(connection, query.text())
                        .compose(owners -> list(connection, query, owners.onColumn("user_id"), owners.values())));
    }

    private static Future<Listing<ListedDevice>> list(
            SqlConnection connection, DeviceQuery query, String owners, List<Object> values) {
        String state = switch (query.state()) {
            case ANY -> "";
            case WORKING -> "revoked_at IS NULL";
            case REVOKED -> "revoked_at IS NOT NULL";
        };
        String both = owners.isEmpty() || state.isEmpty() ? owners + state : owners + " AND " + state;
        String where = both.isEmpty() ? "" : " WHERE " + both;
        List<Object> paged = new ArrayList<>(values);
        paged.add(query.limit());
        paged.add(query.offset());
        // The page is cut before anything is joined to it.
        String page = "WHERE d.id IN (SELECT id FROM devices" + where
                + " ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?)";
        return connection
                .preparedQuery("SELECT COUNT(*) AS total FROM devices" + where)
                .execute(Tuple.from(values))
                .map(rows -> rows.iterator().next().getLong("total"))
                .compose(total -> connection
                        .preparedQuery(SELECT + page + LATEST)
                        .execute(Tuple.from(paged))
                        .map(rows -> new Listing<>(devices(rows), total)));
    }

    private static List<ListedDevice> devices(Iterable<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(DeviceListing::device)
                .toList();
    }

    private static ListedDevice device(Row row) {
        return new ListedDevice(
                row.getString("id"),
                row.getString("name"),
                row.getString("client_version"),
                row.getLong("last_seen"),
                row.getLong("revoked_at"),
                row.getLong("created_at"),
                row.getString("token_prefix"),
                row.getString("token_suffix"),
                row.getString("user_id"),
                row.getString("username"),
                row.getLong("scope_id"),
                row.getString("vault_id"),
                Math.max(0, row.getLong("head") - row.getLong("pull_cursor")));
    }
}
