package io.verstak.server.storage.listing;

import io.verstak.server.domain.listing.Page;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.VaultQuery;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The list of all vaults: figures only, never content. A short list is sorted by current figures; a long one by figures
 * recorded at most a minute ago.
 */
public final class VaultListing {
    /** Up to this many vaults are sorted with every query. */
    private static final long FEW_VAULTS = 2000;

    private static final String COLUMNS = """
            SELECT s.id, s.vault_id, s.name, s.user_id, u.username, s.log_id, s.head, s.operations, s.last_push, s.created_at, s.delete_after,
              s.deleted_by,
              COALESCE(b.bytes, 0) AS blob_bytes, r.operations AS ranked_operations, r.last_push AS ranked_push,
              (SELECT COUNT(*) FROM devices d WHERE d.scope_id = s.id AND d.revoked_at IS NULL) AS devices""";

    private static final String TABLES = """
            scopes s JOIN vault_ranks r ON r.scope_id = s.id LEFT JOIN users u ON u.id = s.user_id
              LEFT JOIN blob_usage b ON b.scope_id = s.id\s""";

    private static final String SELECT = COLUMNS + " FROM " + TABLES;

    /** What the index of names holds. */
    private static final String NAMED = "s.name <> '' AND ";

    private final Database database;

    public VaultListing(Database database) {
        this.database = database;
    }

    public Future<Page<VaultSummary>> list(VaultQuery query) {
        return query.text().isEmpty()
                ? database.read(connection -> all(connection, query))
                : database.read(connection -> UserSearch.find(database.dialect(), connection, query.text())
                        .compose(owners -> beginningIsRare(connection, query.text())
                                .compose(rare -> rare && owners.few()
                                        ? few(connection, query, owners)
                                        : many(connection, query, owners))));
    }

    private static Future<Page<VaultSummary>> all(SqlConnection connection, VaultQuery query) {
        return ListCounts.read(connection).compose(counts -> {
            String order = order(query, counts.vaults() <= FEW_VAULTS);
            String from = counts.vaults() <= FEW_VAULTS
                    ? "SELECT s.id FROM scopes s"
                    : "SELECT r.scope_id FROM vault_ranks r";
            return page(connection, query, from, order, counts.vaults());
        });
    }

    private static Future<Page<VaultSummary>> few(SqlConnection connection, VaultQuery query, UserSearch.Found owners) {
        List<Object> values = beginning(query.text());
        values.addAll(owners.values());
        // Each part uses its own index; an OR of them would scan all vaults.
        String from = " FROM scopes s WHERE s.id IN (SELECT s.id FROM scopes s WHERE "
                + String.join(" UNION SELECT s.id FROM scopes s WHERE ", beginnings(query.text()))
                + " UNION SELECT s.id FROM scopes s WHERE " + owners.on("s.user_id") + ")";
        String order = order(query, true);
        return connection
                .preparedQuery(COLUMNS + CountedPage.TOTAL + " FROM (" + CountedPage.of("s.id", from + order)
                        + ") c CROSS JOIN " + TABLES + "WHERE s.id = c.id" + order)
                .execute(CountedPage.values(values, query.limit(), query.offset()))
                .compose(rows -> CountedPage.total(rows, query.offset(), connection, from, values)
                        .map(total -> new Page<>(vaults(rows), total)));
    }

    /** The page is cut before any join. */
    private static Future<Page<VaultSummary>> page(
            SqlConnection connection, VaultQuery query, String from, String order, long total) {
        PageWindow slice = PageWindow.of(query.offset(), query.limit(), total);
        return connection
                .preparedQuery(SELECT + "WHERE s.id IN (" + from + slice.order(order) + " LIMIT ? OFFSET ?)" + order)
                .execute(Tuple.of(slice.limit(), slice.offset()))
                .map(rows -> new Page<>(vaults(rows), total));
    }

    private static Future<Boolean> beginningIsRare(SqlConnection connection, String text) {
        List<Object> values = beginning(text);
        values.add(UserSearch.FEW + 1);
        return Rows.only(
                connection,
                "SELECT COUNT(*) AS n FROM (SELECT 1 FROM scopes s WHERE "
                        + String.join(" UNION ALL SELECT 1 FROM scopes s WHERE ", beginnings(text))
                        + " LIMIT ?) AS first_ones",
                row -> row.getLong("n") <= UserSearch.FEW,
                values.toArray());
    }

    /** Returns the conditions of an id or a name that begins with the text. */
    private static List<String> beginnings(String text) {
        List<String> conditions = new ArrayList<>(List.of("s.vault_id >= ? AND s.vault_id < ?"));
        NameBeginning.of(text).conditions("s.name").forEach(name -> conditions.add(NAMED + name));
        return conditions;
    }

    private static List<Object> beginning(String text) {
        List<Object> values = new ArrayList<>(List.of(text, text + NameBeginning.LAST));
        values.addAll(NameBeginning.of(text).values());
        return values;
    }

    /** Reads along the order from the end of the previous page until another page is full. */
    private static Future<Page<VaultSummary>> many(
            SqlConnection connection, VaultQuery query, UserSearch.Found owners) {
        String rank = rank(query.order());
        boolean first = query.after().equals(Position.FIRST) && !query.descending();
        List<Object> values = new ArrayList<>(
                first
                        ? List.of(-1L, -1L)
                        : List.of(query.after().order(), query.after().id()));
        values.addAll(beginning(query.text()));
        values.addAll(owners.values());
        values.add(query.limit() + 1);
        String order = order(query, false);
        String page = "WHERE s.id IN (SELECT r.scope_id FROM vault_ranks r CROSS JOIN scopes s LEFT JOIN users u"
                + " ON u.id = s.user_id WHERE s.id = r.scope_id AND (" + rank + ", r.scope_id) "
                + (query.descending() ? "<" : ">") + " (?, ?) AND ("
                + String.join(" OR ", beginnings(query.text())) + " OR " + owners.on("s.user_id") + ")" + order
                + " LIMIT ?)";
        return connection
                .preparedQuery(SELECT + page + order)
                .execute(Tuple.from(values))
                .map(rows -> walked(rows, query));
    }

    private static Page<VaultSummary> walked(RowSet<Row> rows, VaultQuery query) {
        Map<Long, Long> ranks = new HashMap<>();
        for (Row row : rows) {
            ranks.put(
                    row.getLong("id"),
                    switch (query.order()) {
                        case CREATED -> row.getLong("id");
                        case ACTIVITY -> row.getLong("ranked_push");
                        case OPERATIONS -> row.getLong("ranked_operations");
                    });
        }
        return Page.walked(
                vaults(rows), query.limit(), last -> new Position(ranks.getOrDefault(last.id(), 0L), last.id()).name());
    }

    /** Returns the vaults with the largest blobs in total. */
    public Future<List<VaultSummary>> largest(int limit) {
        return database.list(
                SELECT + "WHERE s.id IN (SELECT scope_id FROM blob_usage ORDER BY bytes DESC LIMIT ?)"
                        + " ORDER BY b.bytes DESC, s.id",
                VaultListing::vault,
                limit);
    }

    public Future<List<VaultSummary>> ofUser(String userId) {
        return database.list(SELECT + "WHERE s.user_id = ? ORDER BY s.id DESC", VaultListing::vault, userId);
    }

    public Future<Optional<VaultSummary>> find(long id) {
        return database.first(SELECT + "WHERE s.id = ?", VaultListing::vault, id);
    }

    private static String rank(VaultQuery.Order order) {
        return switch (order) {
            case CREATED -> "r.scope_id";
            case ACTIVITY -> "r.last_push";
            case OPERATIONS -> "r.operations";
        };
    }

    private static String order(VaultQuery query, boolean asTheyAre) {
        String direction = query.descending() ? " DESC" : " ASC";
        String id = asTheyAre ? "s.id" : "r.scope_id";
        String column = switch (query.order()) {
            case CREATED -> "";
            case ACTIVITY -> asTheyAre ? "COALESCE(s.last_push, 0)" : "r.last_push";
            case OPERATIONS -> asTheyAre ? "s.operations" : "r.operations";
        };
        return " ORDER BY " + (column.isEmpty() ? "" : column + direction + ", ") + id + direction;
    }

    private static List<VaultSummary> vaults(Iterable<Row> rows) {
        return Rows.list(rows, VaultListing::vault);
    }

    private static VaultSummary vault(Row row) {
        @Nullable String username = row.getString("username");
        return new VaultSummary(
                row.getLong("id"),
                row.getString("vault_id"),
                row.getString("name"),
                row.getString("user_id"),
                username == null ? "" : username,
                row.getString("log_id"),
                row.getLong("head"),
                row.getLong("operations"),
                row.getLong("last_push"),
                row.getLong("created_at"),
                row.getLong("blob_bytes"),
                row.getInteger("devices"),
                row.getLong("delete_after"),
                row.getString("deleted_by"));
    }
}
