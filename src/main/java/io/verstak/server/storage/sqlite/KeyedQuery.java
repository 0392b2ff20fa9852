package io.verstak.server.storage.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A query that joins its tables with a list of keys, {@code wanted (k1, k2, ...)}: one call into SQLite for many keys. Statements
 * are prepared when they are first used. Not safe for several threads.
 */
final class KeyedQuery {
    /** The numbers of keys that there are statements for. */
    private static final int[] SIZES = {64, 8, 1};

    private final Connection connection;
    private final int columns;
    private final String select;
    private final @Nullable PreparedStatement[] statements = new PreparedStatement[SIZES.length];

    /** Sets the columns of a key, from the parameter {@code at} on. */
    interface KeyBinder<K> {
        void bind(PreparedStatement statement, int at, K key) throws SQLException;
    }

    interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    /** @param columns the number of columns of a key */
    KeyedQuery(Connection connection, int columns, String select) {
        this.connection = connection;
        this.columns = columns;
        this.select = select;
    }

    /** Reads the rows of all keys. A key that is there twice may be read twice. */
    <K> void each(Collection<K> keys, KeyBinder<K> binder, RowReader reader) throws SQLException {
        Iterator<K> next = keys.iterator();
        int left = keys.size();
        for (int size = 0; size < SIZES.length; size++) {
            for (; left >= SIZES[size]; left -= SIZES[size]) {
                PreparedStatement statement = statement(size);
                for (int i = 0; i < SIZES[size]; i++) {
                    binder.bind(statement, 1 + i * columns, next.next());
                }
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        reader.read(row);
                    }
                }
            }
        }
    }

    private PreparedStatement statement(int size) throws SQLException {
        PreparedStatement statement = statements[size];
        if (statement == null) {
            String key = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
            statement = connection.prepareStatement("WITH wanted (%s) AS (VALUES %s) %s"
                    .formatted(
                            IntStream.rangeClosed(1, columns)
                                    .mapToObj(column -> "k" + column)
                                    .collect(Collectors.joining(", ")),
                            String.join(", ", Collections.nCopies(SIZES[size], key)),
                            select));
            statements[size] = statement;
        }
        return statement;
    }
}
