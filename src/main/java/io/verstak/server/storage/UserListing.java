package io.verstak.server.storage;

import io.verstak.server.domain.listing.ListedUser;
import io.verstak.server.domain.listing.Listing;
import io.verstak.server.domain.listing.UserQuery;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The users as administrators see them: searched, sorted, page by page. Each order has its index. */
public final class UserListing {
    private static final String COLUMNS = """
            SELECT id, username, email, confirmed, blocked, last_seen, created_at, devices, quota_bytes, delete_after
            FROM users""";

    private final Database database;

    public UserListing(Database database) {
        this.database = database;
    }

    public Future<Listing<ListedUser>> list(UserQuery query) {
        return database.read(connection -> search(connection, query.text())
                .compose(search -> connection
                        .preparedQuery(
                                "SELECT COUNT(*) AS total FROM users" + where(search.onUsers(), counted(query.state())))
                        .execute(Tuple.from(search.values()))
                        .map(rows -> rows.iterator().next().getLong("total"))
                        .compose(total ->
                                page(connection, query, search, total).map(rows -> new Listing<>(rows, total)))));
    }

    private static Future<UserSearch.Condition> search(SqlConnection connection, String text) {
        return text.isEmpty()
                ? Future.succeededFuture(new UserSearch.Condition("", List.of()))
                : UserSearch.find(connection, text);
    }

    private static String where(String search, String state) {
        String both = search.isEmpty() || state.isEmpty() ? search + state : search + " AND " + state;
        return both.isEmpty() ? "" : " WHERE " + both;
    }

    private static Future<List<ListedUser>> page(
            SqlConnection connection, UserQuery query, UserSearch.Condition search, long total) {
        if (query.offset() >= total) {
            return Future.succeededFuture(List.of());
        }
        List<Object> values = new ArrayList<>(search.values());
        values.add(query.limit());
        values.add(query.offset());
        return connection
                .preparedQuery(COLUMNS + where(search.onUsers(), walked(query)) + order(query) + " LIMIT ? OFFSET ?")
                .execute(Tuple.from(values))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(UserListing::user)
                        .toList());
    }

    public Future<Optional<ListedUser>> find(String id) {
        return database.read(connection -> connection
                .preparedQuery(COLUMNS + " WHERE id = ?")
                .execute(Tuple.of(id))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(user(rows.iterator().next()))));
    }

    private static String counted(UserQuery.State state) {
        return switch (state) {
            case ANY -> "";
            case ACTIVE -> "confirmed = 1 AND blocked = 0";
            case BLOCKED -> "blocked = 1";
            case UNCONFIRMED -> "confirmed = 0";
        };
    }

    /** Most users are active: the plus keeps the database from sorting them all where a walk along the order's index will do. */
    private static String walked(UserQuery query) {
        boolean indexed = query.order() == UserQuery.Order.CREATED_AT;
        return query.state() == UserQuery.State.ACTIVE && !indexed
                ? "+confirmed = 1 AND +blocked = 0"
                : counted(query.state());
    }

    private static String order(UserQuery query) {
        String direction = query.descending() ? " DESC" : "";
        String column = switch (query.order()) {
            case ID -> "";
            case USERNAME -> "username_key";
            case EMAIL -> "email_key";
            case CONFIRMED -> "confirmed";
            case BLOCKED -> "blocked";
            case LAST_SEEN -> "COALESCE(last_seen, 0)";
            case CREATED_AT -> "created_at";
            case DEVICES -> "devices";
        };
        return " ORDER BY " + (column.isEmpty() ? "" : column + direction + ", ") + "id" + direction;
    }

    private static ListedUser user(Row row) {
        return new ListedUser(
                row.getString("id"),
                row.getString("username"),
                row.getString("email"),
                row.getInteger("confirmed") != 0,
                row.getInteger("blocked") != 0,
                row.getLong("last_seen"),
                row.getLong("created_at"),
                row.getInteger("devices"),
                row.getLong("quota_bytes"),
                row.getLong("delete_after"));
    }
}
