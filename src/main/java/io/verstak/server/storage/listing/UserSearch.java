package io.verstak.server.storage.listing;

import io.verstak.server.domain.Usernames;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds users by a part of their names or addresses, ignoring case. A few are named one by one for the query that
 * follows. Many are left to that query: reading along its order it soon has a full page.
 */
final class UserSearch {
    /** Above this number, matches count as many. */
    static final int FEW = 1000;

    private static final String MATCHES = "(u.username_key LIKE ? ESCAPE '!' OR u.email_key LIKE ? ESCAPE '!')";

    private final Database database;
    private final UserCatalogue catalogue;

    UserSearch(Database database, UserCatalogue catalogue) {
        this.database = database;
        this.catalogue = catalogue;
    }

    /**
     * The result of a search.
     *
     * @param few whether {@code values} are ids; otherwise they are patterns
     */
    record Found(boolean few, List<Object> values) {

        /** Returns a condition on the column with the user's id, or, for many, on {@code u}, the table of users. */
        String on(String column) {
            return !few ? MATCHES : values.isEmpty() ? "1 = 0" : column + " IN (" + Rows.marks(values.size()) + ")";
        }
    }

    Future<Found> find(String text) {
        String key = Usernames.key(text);
        return catalogue
                .find(key, FEW + 1)
                .compose(known -> known.map(ids -> Future.succeededFuture(found(key, new ArrayList<>(ids))))
                        .orElseGet(() -> look(key)));
    }

    private Future<Found> look(String key) {
        return database.read(connection -> Rows.list(
                        connection,
                        "SELECT u.id FROM users u WHERE " + MATCHES + " LIMIT " + (FEW + 1),
                        row -> (Object) row.getString("id"),
                        patterns(key).toArray()))
                .map(ids -> found(key, ids));
    }

    private static Found found(String key, List<Object> ids) {
        return ids.size() > FEW ? new Found(false, patterns(key)) : new Found(true, ids);
    }

    private static List<Object> patterns(String key) {
        String pattern = "%" + key.replaceAll("[!%_]", "!$0") + "%";
        return List.of(pattern, pattern);
    }
}
