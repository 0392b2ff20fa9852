package io.verstak.server.storage.sqlite.bulk;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/** Inserts rows into one table of a new database. */
final class Insert {
    private final PreparedStatement statement;

    /** @param columns names separated by commas */
    Insert(Connection connection, String table, String columns) throws SQLException {
        int count = columns.split(",", -1).length;
        statement = connection.prepareStatement("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT DO NOTHING"
                .formatted(table, columns, String.join(", ", Collections.nCopies(count, "?"))));
    }

    /** Inserts a row. Returns false, without inserting, if a unique constraint is violated. */
    boolean add(@Nullable Object... values) {
        return ImportDatabase.filling(() -> {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate() > 0;
        });
    }
}
