package io.verstak.server.storage.listing;

import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a page of search results and their total in one query: passing a thousand owners to the database and looking
 * each of them up is most of the work.
 */
final class CountedPage {
    /** The column with the total, after the columns of a row. */
    static final String TOTAL = ", c.total";

    private CountedPage() {}

    /** Returns the subquery {@code c}: the ids of the page's rows, to which further columns are joined. */
    static String of(String id, String fromAndOrder) {
        return "SELECT " + id + ", COUNT(*) OVER () AS total" + fromAndOrder + " LIMIT ? OFFSET ?";
    }

    static Tuple values(List<Object> values, long limit, long offset) {
        List<Object> paged = new ArrayList<>(values);
        paged.add(limit);
        paged.add(offset);
        return Tuple.from(paged);
    }

    /** A page without rows is after the last page, or there is no result. */
    static Future<Long> total(
            RowSet<Row> page, long offset, SqlConnection connection, String from, List<Object> values) {
        if (page.size() > 0 || offset == 0) {
            return Future.succeededFuture(
                    page.size() > 0 ? page.iterator().next().getLong("total") : 0);
        }
        return Rows.only(connection, "SELECT COUNT(*) AS total" + from, row -> row.getLong("total"), values.toArray());
    }
}
