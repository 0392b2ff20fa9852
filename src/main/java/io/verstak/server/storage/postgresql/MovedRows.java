package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.move.MoveEnd;
import io.verstak.server.storage.move.MoveTable;
import io.verstak.server.storage.move.MoveTable.Column;
import io.verstak.server.storage.move.MoveTable.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables that a move reads or fills, and their rows. */
final class MovedRows {
    /** The tables of this server's schema, and their columns. */
    private static final String COLUMNS = """
            SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)::text,
              COALESCE(array_position(i.indkey::smallint[], a.attnum), -1)::bigint
            FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
            ORDER BY 1, 4""";

    private final MoveConnection connection;

    MovedRows(MoveConnection connection) {
        this.connection = connection;
    }

    /** Returns the tables of this server's schema. */
    List<MoveTable> tables() {
        Map<String, List<Column>> columns = new HashMap<>();
        Map<String, List<String>> tableKeys = new HashMap<>();
        for (Object[] row : connection.rows(COLUMNS, List.of())) {
            String table = (String) row[0];
            if (MoveTable.isMoved(table) && MoveTable.isMoved(table, (String) row[1])) {
                columns.computeIfAbsent(table, name -> new ArrayList<>())
                        .add(new Column((String) row[1], kind((String) row[2])));
                List<String> key = tableKeys.computeIfAbsent(table, name -> new ArrayList<>());
                if ((Long) row[3] >= 0) {
                    key.add((String) row[1]);
                }
            }
        }
        return MoveTable.inOrder(columns.entrySet().stream()
                .map(table -> new MoveTable(
                        table.getKey(), table.getValue(), tableKeys.getOrDefault(table.getKey(), List.of())))
                .toList());
    }

    private static Kind kind(String type) {
        return switch (type) {
            case "bytea" -> Kind.BYTES;
            case "text" -> Kind.TEXT;
            case "bigint", "integer", "smallint" -> Kind.NUMBER;
            default -> throw new StorageException("a column of type %s cannot be moved".formatted(type));
        };
    }

    long count(MoveTable table) {
        return connection.number("SELECT COUNT(*) FROM %s WHERE %s".formatted(table.name(), table.condition()));
    }

    /** First looks how long the rows are, so that no more than wanted come at once. */
    List<Object[]> page(MoveTable table, List<Object> after, long maxBytes) {
        if (table.key().isEmpty()) {
            return after.isEmpty()
                    ? connection.rows("SELECT %s FROM %s".formatted(table.columnNames(), table.name()), List.of())
                    : List.of();
        }
        String above = after.isEmpty()
                ? table.condition()
                : "%s AND (%s) > %s".formatted(table.condition(), table.keyNames(), table.keyPlaceholders());
        List<Object[]> sizes = connection.rows(
                "SELECT %s, (%s)::bigint FROM %s WHERE %s ORDER BY %s LIMIT %s"
                        .formatted(
                                table.keyNames(),
                                bytes(table),
                                table.name(),
                                above,
                                table.keyNames(),
                                MoveEnd.MOST_ROWS),
                after);
        if (sizes.isEmpty()) {
            return List.of();
        }
        int columns = table.key().size();
        int last = 0;
        long sum = (Long) sizes.get(0)[columns];
        while (last + 1 < sizes.size() && sum + (Long) sizes.get(last + 1)[columns] <= maxBytes) {
            last++;
            sum += (Long) sizes.get(last)[columns];
        }
        List<Object> values = new ArrayList<>(after);
        values.addAll(List.of(sizes.get(last)).subList(0, columns));
        return connection.rows(
                "SELECT %s FROM %s WHERE %s AND (%s) <= %s ORDER BY %s"
                        .formatted(
                                table.columnNames(),
                                table.name(),
                                above,
                                table.keyNames(),
                                table.keyPlaceholders(),
                                table.keyNames()),
                values);
    }

    private static String bytes(MoveTable table) {
        return table.columns().stream()
                .map(column ->
                        column.kind() == Kind.NUMBER ? "8" : "COALESCE(octet_length(%s), 0)".formatted(column.name()))
                .collect(Collectors.joining(" + "));
    }

    /** Adds rows by one statement. */
    void add(MoveTable table, List<Object[]> rows) {
        if (table.key().isEmpty()) {
            connection.run("DELETE FROM " + table.name());
        }
        connection.run(insert(table), columns(table, rows));
    }

    private static String insert(MoveTable table) {
        return "INSERT INTO %s (%s) SELECT * FROM unnest(%s)"
                .formatted(
                        table.name(),
                        table.columnNames(),
                        table.columns().stream()
                                .map(column -> "?::" + arrayType(column.kind()))
                                .collect(Collectors.joining(", ")));
    }

    private static String arrayType(Kind kind) {
        return switch (kind) {
            case BYTES -> "bytea[]";
            case TEXT -> "text[]";
            case NUMBER -> "bigint[]";
        };
    }

    /** Returns the values of each column as an array. */
    private static Tuple columns(MoveTable table, List<Object[]> rows) {
        Tuple values = Tuple.tuple();
        for (int i = 0; i < table.columns().size(); i++) {
            int at = i;
            switch (table.columns().get(i).kind()) {
                case BYTES ->
                    values.addArrayOfBuffer(rows.stream()
                            .map(row -> row[at] == null ? null : Buffer.buffer((byte[]) row[at]))
                            .toArray(Buffer[]::new));
                case TEXT ->
                    values.addArrayOfString(
                            rows.stream().map(row -> (String) row[at]).toArray(String[]::new));
                case NUMBER ->
                    values.addArrayOfLong(
                            rows.stream().map(row -> (Long) row[at]).toArray(Long[]::new));
            }
        }
        return values;
    }
}
