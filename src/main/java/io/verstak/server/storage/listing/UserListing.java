package io.verstak.server.storage.listing;

import io.verstak.server.domain.listing.Page;
import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.UserSummary;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The list of users for administrators: searched, sorted, paged. Each order has its index, which includes their states.
 */
public final class UserListing {
    private static final String COLUMNS = """
            SELECT id, username, email, confirmed, blocked, last_seen, created_at, devices, quota_bytes, delete_after,
              COALESCE((SELECT SUM(bytes) FROM blob_usage WHERE user_id = users.id), 0) AS used_bytes
            FROM users""";

    private final Database database;

    public UserListing(Database database) {
        this.database = database;
    }

    public Future<Page<UserSummary>> list(UserQuery query) {
        if (query.text().isEmpty()) {
            return all(query);
        }
        return database.read(connection -> UserSearch.find(database.dialect(), connection, query.text())
                .compose(found -> matching(connection, query, found)));
    }

    private Future<Page<UserSummary>> all(UserQuery query) {
        return database.read(connection -> ListCounts.read(connection).compose(counts -> {
            long total = counts.users(query.state());
            return page(connection, query, condition(query.state()), List.of(), total)
                    .map(rows -> new Page<>(rows, total));
        }));
    }

    private static Future<Page<UserSummary>> matching(
            SqlConnection connection, UserQuery query, UserSearch.Found found) {
        String where = and(found.on("id"), condition(query.state()));
        return Rows.only(
                        connection,
                        "SELECT COUNT(*) AS total FROM users u" + where(where),
                        row -> row.getLong("total"),
                        found.values().toArray())
                .compose(total ->
                        page(connection, query, where, found.values(), total).map(rows -> new Page<>(rows, total)));
    }

    /** The page is cut along the index before any joined column is read. */
    private static Future<List<UserSummary>> page(
            SqlConnection connection, UserQuery query, String condition, List<Object> values, long total) {
        if (query.offset() >= total) {
            return Future.succeededFuture(List.of());
        }
        PageWindow slice = PageWindow.of(query.offset(), query.limit(), total);
        List<Object> paged = new ArrayList<>(values);
        paged.add(slice.limit());
        paged.add(slice.offset());
        String walked = order(query.order(), query.descending() != slice.fromEnd());
        return Rows.list(
                connection,
                COLUMNS + " WHERE id IN (SELECT u.id FROM users u" + where(condition) + walked + " LIMIT ? OFFSET ?)"
                        + order(query.order(), query.descending()),
                UserListing::user,
                paged.toArray());
    }

    public Future<Optional<UserSummary>> find(String id) {
        return database.first(COLUMNS + " WHERE id = ?", UserListing::user, id);
    }

    private static String and(String one, String other) {
        return other.isEmpty() ? one : one + " AND " + other;
    }

    private static String where(String condition) {
        return condition.isEmpty() ? "" : " WHERE " + condition;
    }

    /** The plus keeps the database from using the index of another order for a state and sorting all matches. */
    private static String condition(UserQuery.State state) {
        return switch (state) {
            case ANY -> "";
            case ACTIVE -> "+confirmed = 1 AND +blocked = 0";
            case BLOCKED -> "+blocked = 1";
            case UNCONFIRMED -> "+confirmed = 0";
        };
    }

    private static String order(UserQuery.Order order, boolean descending) {
        String direction = descending ? " DESC" : "";
        String column = switch (order) {
            case ID -> "";
            case USERNAME -> "username_key" + direction + ", ";
            case EMAIL -> "email_key" + direction + ", ";
            case CONFIRMED -> "confirmed" + direction + ", ";
            case BLOCKED -> "blocked" + direction + ", ";
            case LAST_SEEN -> "last_seen" + direction + (descending ? " NULLS LAST, " : " NULLS FIRST, ");
            case CREATED_AT -> "created_at" + direction + ", ";
            case DEVICES -> "devices" + direction + ", ";
        };
        return " ORDER BY " + column + "id" + direction;
    }

    private static UserSummary user(Row row) {
        return new UserSummary(
                row.getString("id"),
                row.getString("username"),
                row.getString("email"),
                row.getInteger("confirmed") != 0,
                row.getInteger("blocked") != 0,
                row.getLong("last_seen"),
                row.getLong("created_at"),
                row.getInteger("devices"),
                row.getLong("used_bytes"),
                row.getLong("quota_bytes"),
                row.getLong("delete_after"));
    }
}
