package io.verstak.server.ops.imports;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A row of the Go server's database. A column that this release of it did not have reads as empty. */
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

    /** A switch, as a number or as a word. */
    boolean flag(String column) throws SQLException {
        String text = text(column);
        return text.equalsIgnoreCase("true") || (!text.isBlank() && number(column) != 0);
    }

    /** Milliseconds since the epoch; null when it is empty or no time at all. */
    @Nullable
    Long time(String column) throws SQLException {
        try {
            return GoTime.millis(text(column));
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    /** The same, with something in its place when it is empty or no time at all. */
    long time(String column, long otherwise) throws SQLException {
        Long time = time(column);
        return time == null ? otherwise : time;
    }

    /** Whether something stands there that is neither a time nor Go's "never". */
    boolean isUnreadableTime(String column) throws SQLException {
        try {
            GoTime.millis(text(column));
            return false;
        } catch (DateTimeException noTime) {
            return true;
        }
    }
}
