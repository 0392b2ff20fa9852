package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Users by a part of their names or addresses, without regard to case. That takes a look at each of them, in an index that
 * holds nothing else; so it is done once, and what is found is then looked up by id. Only where nearly anybody matches it is
 * left to the query that asks, which soon has a page full.
 */
final class UserSearch {
    /** More matches than this are many. */
    private static final int FEW = 500;

    private static final String MATCHES = "(username_key LIKE ? ESCAPE '!' OR email_key LIKE ? ESCAPE '!')";

    private UserSearch() {}

    /**
     * A condition on users, by columns of the table {@code users}, and one on what names its user.
     *
     * @param onUsers of the table of users itself
     * @param values of either
     */
    record Condition(String onUsers, List<Object> values) {

        /** The same on a table whose column names a user. */
        String onColumn(String column) {
            return onUsers.equals(MATCHES)
                    ? column + " IN (SELECT id FROM users WHERE " + MATCHES + ")"
                    : onUsers.replaceFirst("id", column);
        }
    }

    static Future<Condition> find(SqlConnection connection, String text) {
        String pattern = SearchPattern.containing(UserStore.key(text));
        List<Object> patterns = List.of(pattern, pattern);
        return connection
                .preparedQuery("SELECT id FROM users WHERE " + MATCHES + " LIMIT " + (FEW + 1))
                .execute(Tuple.from(patterns))
                .map(rows -> {
                    if (rows.size() > FEW) {
                        return new Condition(MATCHES, patterns);
                    }
                    List<Object> ids = new ArrayList<>();
                    for (Row row : rows) {
                        ids.add(row.getString("id"));
                    }
                    String list = String.join(", ", Collections.nCopies(ids.size(), "?"));
                    return new Condition(ids.isEmpty() ? "1 = 0" : "id IN (" + list + ")", ids);
                });
    }
}
