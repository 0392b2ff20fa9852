package io.verstak.server.storage.listing;

import io.verstak.server.domain.SyncState;
import io.verstak.server.domain.TokenHint;
import io.verstak.server.domain.listing.DeviceQuery;
import io.verstak.server.domain.listing.DeviceQuery.Position;
import io.verstak.server.domain.listing.DeviceSummary;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.SyncStates;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/** The list of all devices for administrators, latest first. */
public final class DeviceListing {
    private static final String COLUMNS = """
            SELECT d.name, d.client_version, d.created_at, d.token_prefix, d.token_suffix, d.key_hash, d.key_prefix, d.key_suffix,
              d.user_id, u.username, s.vault_id, s.name AS vault_name,\s""" + SyncStates.COLUMNS;

    private static final String TABLES =
            "devices d JOIN users u ON u.id = d.user_id JOIN scopes s ON s.id = d.scope_id ";

    private static final String SELECT = COLUMNS + " FROM " + TABLES;

    private static final String LATEST = " ORDER BY d.created_at DESC, d.id DESC";

    private final Database database;

    public DeviceListing(Database database) {
        this.database = database;
    }

    /** Returns up to {@code limit} devices after a position, for reading all of them. Does not count what waits for them. */
    public Future<List<DeviceSummary>> after(Position position, boolean onlyWorking, int limit) {
        return database.list(
                SELECT + "WHERE (d.created_at, d.id) < (?, ?)" + (onlyWorking ? " AND d.revoked_at IS NULL" : "")
                        + LATEST + " LIMIT ?",
                row -> device(row, SyncState.UNKNOWN),
                position.createdAt(),
                position.id(),
                limit);
    }

    /** Returns up to {@code limit} devices of a user, latest first. */
    public Future<List<DeviceSummary>> ofUser(String userId, int limit) {
        return of("d.user_id = ?", userId, limit);
    }

    /** Returns up to {@code limit} devices of a vault, latest first. */
    public Future<List<DeviceSummary>> ofScope(long scopeId, int limit) {
        return of("d.scope_id = ?", scopeId, limit);
    }

    private Future<List<DeviceSummary>> of(String condition, Object value, int limit) {
        return database.read(connection -> connection
                .preparedQuery(SELECT + "WHERE " + condition + LATEST + " LIMIT ?")
                .execute(Tuple.of(value, limit))
                .compose(rows -> devices(connection, rows)));
    }

    /** Returns up to {@code limit} devices whose name begins with this text, as it is or in other cases; latest first. */
    public Future<List<DeviceSummary>> named(String text, int limit) {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            return Future.succeededFuture(List.of());
        }
        List<Object> values = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (String beginning : NameBeginning.of(text).cases()) {
            // Each goes along the index by name and ends early.
            found.add(
                    "SELECT id FROM (SELECT id FROM devices WHERE name >= ? AND name < ? ORDER BY name, id LIMIT ?) AS named");
            values.addAll(List.of(beginning, beginning + NameBeginning.LAST, limit));
        }
        values.add(limit);
        return database.read(connection -> connection
                .preparedQuery(SELECT + "WHERE d.id IN (" + String.join(" UNION ", found) + ")" + LATEST + " LIMIT ?")
                .execute(Tuple.from(values))
                .compose(rows -> devices(connection, rows)));
    }

    public Future<Page<DeviceSummary>> list(DeviceQuery query) {
        return query.text().isEmpty()
                ? database.read(connection -> all(connection, query))
                : database.read(connection -> UserSearch.find(database.dialect(), connection, query.text())
                        .compose(owners ->
                                owners.few() ? few(connection, query, owners) : many(connection, query, owners)));
    }

    private Future<Page<DeviceSummary>> all(SqlConnection connection, DeviceQuery query) {
        String where = query.state() == DeviceQuery.State.ANY ? "" : " WHERE " + condition(query.state());
        return ListCounts.read(connection)
                .compose(counts -> page(connection, query, where, counts.devices(query.state())));
    }

    /** Ordered by expressions, so that SQLite finds them by owner: along the order, any number of other devices may come between. */
    private Future<Page<DeviceSummary>> few(SqlConnection connection, DeviceQuery query, UserSearch.Found owners) {
        String from = " FROM devices d WHERE " + owners.on("d.user_id") + " AND " + condition(query.state());
        String order = order(query, 0);
        String cut = CountedPage.of("d.id", from + unindexed(query));
        return connection
                .preparedQuery(COLUMNS + CountedPage.TOTAL + " FROM (" + cut + ") c CROSS JOIN " + TABLES
                        + "WHERE d.id = c.id" + order)
                .execute(CountedPage.values(owners.values(), query.limit(), query.offset()))
                .compose(rows -> CountedPage.total(rows, query.offset(), connection, from, owners.values())
                        .compose(total -> devices(connection, rows).map(found -> new Page<>(found, total))));
    }

    private Future<Page<DeviceSummary>> page(SqlConnection connection, DeviceQuery query, String where, long total) {
        PageWindow slice = PageWindow.of(query.offset(), query.limit(), total);
        // The page is cut before any join.
        String order = order(query, total);
        String page = "WHERE d.id IN (SELECT d.id FROM devices d" + where + slice.order(order) + " LIMIT ? OFFSET ?)";
        return connection
                .preparedQuery(SELECT + page + order)
                .execute(Tuple.of(slice.limit(), slice.offset()))
                .compose(rows -> devices(connection, rows))
                .map(found -> new Page<>(found, total));
    }

    /** Reads along the order from the end of the previous page until another page is full. */
    private Future<Page<DeviceSummary>> many(SqlConnection connection, DeviceQuery query, UserSearch.Found owners) {
        List<Object> values =
                new ArrayList<>(List.of(query.after().createdAt(), query.after().id()));
        values.addAll(owners.values());
        values.add(query.limit() + 1);
        String page = "WHERE d.id IN (SELECT d.id FROM devices d CROSS JOIN users u WHERE u.id = d.user_id AND "
                + "(d.created_at, d.id) < (?, ?) AND " + condition(query.state()) + " AND " + owners.on("d.user_id")
                + LATEST + " LIMIT ?)";
        return connection
                .preparedQuery(SELECT + page + LATEST)
                .execute(Tuple.from(values))
                .compose(rows -> devices(connection, rows))
                .map(found ->
                        Page.walked(found, query.limit(), last -> new Position(last.createdAt(), last.id()).name()));
    }

    /** @param total the number of devices that are to be sorted */
    private static String order(DeviceQuery query, long total) {
        String direction = query.descending() ? " DESC" : " ASC";
        return " ORDER BY "
                + switch (query.order()) {
                    case CREATED -> "d.created_at";
                    case NAME -> "d.name";
                    case LAST_SEEN -> total > DeviceQuery.SORTED ? "d.created_at" : "COALESCE(d.last_seen, 0)";
                }
                + direction + ", d.id" + direction;
    }

    private static String unindexed(DeviceQuery query) {
        return order(query, 0)
                .replace("d.created_at", "d.created_at + 0")
                .replace("d.name", "d.name || ''")
                .replace("d.id", "d.id || ''");
    }

    private static String condition(DeviceQuery.State state) {
        return switch (state) {
            case ANY -> "1 = 1";
            case WORKING -> "d.revoked_at IS NULL";
            case REVOKED -> "d.revoked_at IS NOT NULL";
        };
    }

    private Future<List<DeviceSummary>> devices(SqlConnection connection, Iterable<Row> rows) {
        return SyncStates.read(database.dialect(), connection, rows, DeviceListing::device);
    }

    private static DeviceSummary device(Row row, SyncState sync) {
        return new DeviceSummary(
                row.getString("id"),
                row.getString("name"),
                row.getString("client_version"),
                row.getLong("last_seen"),
                row.getLong("revoked_at"),
                row.getLong("created_at"),
                new TokenHint(row.getString("token_prefix"), row.getString("token_suffix")),
                row.getString("key_hash") == null
                        ? null
                        : new TokenHint(row.getString("key_prefix"), row.getString("key_suffix")),
                row.getString("user_id"),
                row.getString("username"),
                row.getLong("scope_id"),
                row.getString("vault_id"),
                row.getString("vault_name"),
                sync);
    }
}
