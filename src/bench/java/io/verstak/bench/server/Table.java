package io.verstak.bench.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A table of the server's database as it stands, whatever its columns are: so that the benchmark follows the schema
 * by itself.
 */
public final class Table {
    private final Connection database;
    private final String name;
    private final Map<String, Integer> columns;

    private Table(Connection database, String name, Map<String, Integer> columns) {
        this.database = database;
        this.name = name;
        this.columns = columns;
    }

    public static Table of(Connection database, String name) throws SQLException {
        Map<String, Integer> columns = new HashMap<>();
        try (Statement statement = database.createStatement();
                ResultSet none = statement.executeQuery("SELECT * FROM " + name + " LIMIT 0")) {
            ResultSetMetaData found = none.getMetaData();
            for (int at = 1; at <= found.getColumnCount(); at++) {
                columns.put(found.getColumnName(at), columns.size());
            }
        }
        return new Table(database, name, columns);
    }

    /** The place of a column in the rows that this table reads and writes. */
    public int column(String column) {
        return Objects.requireNonNull(columns.get(column), column);
    }

    /** Rows as values in the order of the columns; {@code clauses} is what follows the table's name in the SELECT. */
    public List<Object[]> rows(String clauses) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM " + name + " " + clauses)) {
            while (row.next()) {
                Object[] values = new Object[columns.size()];
                for (int at = 0; at < values.length; at++) {
                    values[at] = row.getObject(at + 1);
                }
                rows.add(values);
            }
        }
        return rows;
    }

    public PreparedStatement insert() throws SQLException {
        String values = String.join(",", Collections.nCopies(columns.size(), "?"));
        return database.prepareStatement("INSERT INTO " + name + " VALUES (" + values + ")");
    }

    /** Makes the same table, with the same indices, in another database. */
    public Table createIn(Connection other) throws SQLException {
        try (PreparedStatement query = database.prepareStatement(
                "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery();
                    Statement statement = other.createStatement()) {
                while (row.next()) {
                    statement.execute(row.getString(1));
                }
            }
        }
        return new Table(other, name, columns);
    }

    /** Puts a row into an INSERT. */
    public static void bind(PreparedStatement insert, Object[] row) throws SQLException {
        for (int at = 0; at < row.length; at++) {
            insert.setObject(at + 1, row[at]);
        }
    }
}
