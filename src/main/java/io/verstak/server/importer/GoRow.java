package io.verstak.server.importer;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A row of the Go server's database. A column that its version did not have reads as empty. */
final class GoRow {
    private final ResultSet row;
    private final Set<String> columns;

    GoRow(ResultSet row, Set<String> columns) {
        this.row = row;
        this.columns = columns;
    }

    boolean has(String column) {
        return columns.contains(column);
    }

    String text(String column) throws SQLException {
        String text = has(column) ? row.getString(column) : null;
        return text == null ? "" : text;
    }

    long number(String column) throws SQLException {
        return has(column) ? row.getLong(column) : 0;
    }

    /** Returns a boolean, stored as a number or a word. */
    boolean flag(String column) throws SQLException {
        String text = text(column);
        return text.equalsIgnoreCase("true") || (!text.isBlank() && number(column) != 0);
    }

    /** Returns milliseconds since the epoch; null when it is empty or not a time. */
    @Nullable
    Long time(String column) throws SQLException {
        try {
            return GoTime.millis(text(column));
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    /** Returns milliseconds since the epoch, or a default when it is empty or not a time. */
    long time(String column, long otherwise) throws SQLException {
        Long time = time(column);
        return time == null ? otherwise : time;
    }

    /** Returns whether the column holds something that is neither a time nor Go's zero time. */
    boolean isUnreadableTime(String column) throws SQLException {
        try {
            GoTime.millis(text(column));
            return false;
        } catch (DateTimeException noTime) {
            return true;
        }
    }
}
