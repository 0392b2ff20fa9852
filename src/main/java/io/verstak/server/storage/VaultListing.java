package io.verstak.server.storage;

import io.verstak.server.domain.listing.ListedVault;
import io.verstak.server.domain.listing.Listing;
import io.verstak.server.domain.listing.VaultQuery;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The vaults of all users: what they hold in numbers, never what. */
public final class VaultListing {
    private static final String SELECT = """
            SELECT s.id, s.vault_id, s.user_id, u.username, s.log_id, s.head, s.operations, s.last_push, s.created_at,
              COALESCE(b.bytes, 0) AS blob_bytes,
              (SELECT COUNT(*) FROM devices d WHERE d.scope_id = s.id AND d.revoked_at IS NULL) AS devices
            FROM scopes s LEFT JOIN users u ON u.id = s.user_id LEFT JOIN blob_usage b ON b.scope_id = s.id\s""";

    /** Comes after every character that an id has. */
    private static final String LAST = "\udbff\udfff";

    private final Database database;

    public VaultListing(Database database) {
        this.database = database;
    }

    public Future<Listing<ListedVault>> list(VaultQuery query) {
        return database.read(connection -> query.text().isEmpty()
                ? list(connection, query, "", List.of())
                : UserSearch.find(connection, query.text()).compose(owners -> {
                    List<Object> values = new ArrayList<>(List.of(query.text(), query.text() + LAST));
                    values.addAll(owners.values());
                    String where =
                            " WHERE (s.vault_id >= ? AND s.vault_id < ? OR " + owners.onColumn("s.user_id") + ")";
                    return list(connection, query, where, values);
                }));
    }

    private static Future<Listing<ListedVault>> list(
            SqlConnection connection, VaultQuery query, String where, List<Object> values) {
        List<Object> paged = new ArrayList<>(values);
        paged.add(query.limit());
        paged.add(query.offset());
        String order = " ORDER BY " + order(query.order());
        // The page is cut before anything is joined to it.
        String page = "WHERE s.id IN (SELECT s.id FROM scopes s" + where + order + " LIMIT ? OFFSET ?)";
        return connection
                .preparedQuery("SELECT COUNT(*) AS total FROM scopes s" + where)
                .execute(Tuple.from(values))
                .map(rows -> rows.iterator().next().getLong("total"))
                .compose(total -> connection
                        .preparedQuery(SELECT + page + order)
                        .execute(Tuple.from(paged))
                        .map(rows -> new Listing<>(vaults(rows), total)));
    }

    /** Those whose blobs are the most bytes. */
    public Future<List<ListedVault>> largest(int limit) {
        return database.read(connection -> connection
                .preparedQuery(SELECT + "WHERE s.id IN (SELECT scope_id FROM blob_usage ORDER BY bytes DESC LIMIT ?)"
                        + " ORDER BY b.bytes DESC, s.id")
                .execute(Tuple.of(limit))
                .map(VaultListing::vaults));
    }

    public Future<List<ListedVault>> ofUser(String userId) {
        return database.read(connection -> connection
                .preparedQuery(SELECT + "WHERE s.user_id = ? ORDER BY s.id DESC")
                .execute(Tuple.of(userId))
                .map(VaultListing::vaults));
    }

    public Future<Optional<ListedVault>> find(long id) {
        return database.read(connection -> connection
                .preparedQuery(SELECT + "WHERE s.id = ?")
                .execute(Tuple.of(id))
                .map(rows -> vaults(rows).stream().findFirst()));
    }

    private static String order(VaultQuery.Order order) {
        return switch (order) {
            case CREATED -> "s.id DESC";
            case ACTIVITY -> "COALESCE(s.last_push, 0) DESC, s.id DESC";
            case OPERATIONS -> "s.operations DESC, s.id DESC";
        };
    }

    private static List<ListedVault> vaults(Iterable<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(VaultListing::vault)
                .toList();
    }

    private static ListedVault vault(Row row) {
        @Nullable String username = row.getString("username");
        return new ListedVault(
                row.getLong("id"),
                row.getString("vault_id"),
                row.getString("user_id"),
                username == null ? "" : username,
                row.getString("log_id"),
                row.getLong("head"),
                row.getLong("operations"),
                row.getLong("last_push"),
                row.getLong("created_at"),
                row.getLong("blob_bytes"),
                row.getInteger("devices"));
    }
}
