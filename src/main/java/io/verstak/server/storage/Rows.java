package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Runs a statement on a connection, and reads its rows. A statement has a {@code ?} for each value. */
public final class Rows {
    private Rows() {}

    /** Returns the first row. */
    public static <T> Future<Optional<T>> first(
            SqlConnection connection, String sql, Function<Row, T> reader, @Nullable Object... values) {
        return query(connection, sql, values)
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(reader.apply(rows.iterator().next())));
    }

    /** Returns the row of a query that always has one. */
    public static <T> Future<T> only(
            SqlConnection connection, String sql, Function<Row, T> reader, @Nullable Object... values) {
        return query(connection, sql, values)
                .map(rows -> reader.apply(rows.iterator().next()));
    }

    /** Returns all rows in their order. */
    public static <T> Future<List<T>> list(
            SqlConnection connection, String sql, Function<Row, T> reader, @Nullable Object... values) {
        return query(connection, sql, values).map(rows -> list(rows, reader));
    }

    public static <T> List<T> list(Iterable<Row> rows, Function<Row, T> reader) {
        return StreamSupport.stream(rows.spliterator(), false).map(reader).toList();
    }

    /** Returns a modifiable map of all rows, by ascending keys. */
    public static <K extends Comparable<K>, V> Future<Map<K, V>> map(
            SqlConnection connection,
            String sql,
            Function<Row, K> key,
            Function<Row, V> value,
            @Nullable Object... values) {
        return query(connection, sql, values).map(rows -> {
            Map<K, V> map = new TreeMap<>();
            rows.forEach(row -> map.put(key.apply(row), value.apply(row)));
            return map;
        });
    }

    /** Returns whether there is a row. */
    public static Future<Boolean> exist(SqlConnection connection, String sql, @Nullable Object... values) {
        return query(connection, sql, values).map(rows -> rows.size() > 0);
    }

    /** Returns the number of rows that were inserted, changed or deleted. */
    public static Future<Integer> update(SqlConnection connection, String sql, @Nullable Object... values) {
        return query(connection, sql, values).map(RowSet::rowCount);
    }

    /** Runs a statement whose number of rows does not matter. */
    public static Future<Void> run(SqlConnection connection, String sql, @Nullable Object... values) {
        return query(connection, sql, values).mapEmpty();
    }

    /** Returns this many placeholders for a list in brackets. */
    public static String marks(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    private static Future<RowSet<Row>> query(SqlConnection connection, String sql, @Nullable Object... values) {
        return connection.preparedQuery(sql).execute(Tuple.from(values));
    }
}
