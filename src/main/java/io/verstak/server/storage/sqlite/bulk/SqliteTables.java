package io.verstak.server.storage.sqlite.bulk;

import io.verstak.server.storage.move.MoveEnd;
import io.verstak.server.storage.move.MoveTable;
import io.verstak.server.storage.move.MoveTable.Column;
import io.verstak.server.storage.move.MoveTable.Kind;
import io.verstak.server.storage.sqlite.index.ChunkIds;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tables that a move reads or fills, and their rows. The log's rows have one number here for a scope and a sequence. */
final class SqliteTables {
    private static final int ROW_BYTES = 16;

    private SqliteTables() {}

    static List<MoveTable> of(Connection connection) throws SQLException {
        List<MoveTable> tables = new ArrayList<>();
        for (String name : names(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")) {
            if (name.equals(MoveTable.CHUNKS)) {
                tables.add(MoveTable.chunks());
            } else if (MoveTable.isMoved(name)) {
                tables.add(table(connection, name));
            }
        }
        return MoveTable.inOrder(tables);
    }

    private static MoveTable table(Connection connection, String name) throws SQLException {
        List<Column> columns = new ArrayList<>();
        TreeMap<Integer, String> key = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT name, type, pk FROM pragma_table_info('" + name + "')")) {
            while (row.next()) {
                if (MoveTable.isMoved(name, row.getString(1))) {
                    columns.add(new Column(row.getString(1), kind(row.getString(2))));
                }
                if (row.getInt(3) > 0) {
                    key.put(row.getInt(3), row.getString(1));
                }
            }
        }
        return new MoveTable(name, columns, List.copyOf(key.values()));
    }

    private static Kind kind(String type) {
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "BLOB" -> Kind.BYTES;
            case "TEXT" -> Kind.TEXT;
            default -> Kind.NUMBER;
        };
    }

    /** Returns the tables that never give an id twice. */
    static List<String> givingIds(Connection connection) throws SQLException {
        return names(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'");
    }

    private static List<String> names(Connection connection, String sql) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    /** Reads rows one by one until there are enough bytes. */
    static List<Object[]> page(Connection connection, MoveTable table, List<Object> after, long maxBytes)
            throws SQLException {
        boolean chunks = table.name().equals(MoveTable.CHUNKS);
        if (table.key().isEmpty() && !after.isEmpty()) {
            return List.of();
        }
        String keyNames = chunks ? "id" : table.keyNames();
        List<Object> values =
                chunks && !after.isEmpty() ? List.of(ChunkIds.of((Long) after.get(0), (Long) after.get(1))) : after;
        String sql = "SELECT %s FROM %s WHERE %s%s%s"
                .formatted(
                        chunks ? "id, body, chain, head" : table.columnNames(),
                        table.name(),
                        table.condition(),
                        after.isEmpty()
                                ? ""
                                : " AND (%s) > %s".formatted(keyNames, chunks ? "(?)" : table.keyPlaceholders()),
                        table.key().isEmpty() ? "" : " ORDER BY %s LIMIT %s".formatted(keyNames, MoveEnd.MOST_ROWS));
        List<Object[]> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                select.setObject(i + 1, values.get(i));
            }
            try (ResultSet row = select.executeQuery()) {
                long bytes = 0;
                // The row that exceeds the bytes is read again with the next page.
                while (row.next()) {
                    Object[] next = chunks ? chunk(row) : row(row, table);
                    bytes += bytes(next);
                    if (bytes > maxBytes && !rows.isEmpty() && !table.key().isEmpty()) {
                        break;
                    }
                    rows.add(next);
                }
            }
        }
        return rows;
    }

    private static Object[] row(ResultSet row, MoveTable table) throws SQLException {
        Object[] values = new Object[table.columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(row, i + 1, table.columns().get(i).kind());
        }
        return values;
    }

    private static @Nullable Object value(ResultSet row, int column, Kind kind) throws SQLException {
        Object stored = row.getObject(column);
        if (stored == null) {
            return null;
        }
        return switch (kind) {
            case NUMBER -> row.getLong(column);
            case TEXT -> row.getString(column);
            case BYTES ->
                stored instanceof byte[] bytes ? bytes : row.getString(column).getBytes(StandardCharsets.UTF_8);
        };
    }

    private static Object[] chunk(ResultSet row) throws SQLException {
        long id = row.getLong(1);
        return new Object[] {
            row.getBytes(2), row.getBytes(3), row.getBytes(4), ChunkIds.sequence(id), ChunkIds.scope(id)
        };
    }

    private static long bytes(Object[] row) {
        long bytes = 0;
        for (@Nullable Object value : row) {
            bytes +=
                    value instanceof byte[] content ? content.length : value instanceof String text ? text.length() : 0;
        }
        return bytes + ROW_BYTES;
    }

    static void add(Connection connection, MoveTable table, List<Object[]> rows) throws SQLException {
        boolean chunks = table.name().equals(MoveTable.CHUNKS);
        String columns = chunks ? "body, chain, head, id" : table.columnNames();
        String marks = "?" + ", ?".repeat(columns.split(",", -1).length - 1);
        if (table.key().isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("DELETE FROM " + table.name());
            }
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO %s (%s) VALUES (%s)".formatted(table.name(), columns, marks))) {
            for (Object[] row : rows) {
                if (chunks) {
                    insert.setBytes(1, (byte[]) row[0]);
                    insert.setBytes(2, (byte[]) row[1]);
                    insert.setBytes(3, (byte[]) row[2]);
                    insert.setLong(4, ChunkIds.of((Long) row[4], (Long) row[3]));
                } else {
                    for (int i = 0; i < row.length; i++) {
                        insert.setObject(i + 1, row[i]);
                    }
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
