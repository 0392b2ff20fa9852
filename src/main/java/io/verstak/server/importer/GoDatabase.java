package io.verstak.server.importer;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tables of the Go server's database, of any version, read by the names of their columns. */
final class GoDatabase {
    private final Connection connection;
    private final Map<String, Set<String>> tables = new HashMap<>();
    private final int schema;

    /** Receives each row. */
    interface Reader {
        void read(GoRow row) throws SQLException;
    }

    /** Work that reads the database. */
    interface Work<T> {
        T run() throws SQLException;
    }

    GoDatabase(Connection connection) {
        this.connection = connection;
        this.schema = reading(() -> {
            for (String table : names("SELECT name FROM sqlite_master WHERE type = 'table'")) {
                tables.put(
                        table, names("SELECT name FROM pragma_table_info('%s')".formatted(table.replace("'", "''"))));
            }
            return (int) Long.parseLong(names("PRAGMA user_version").iterator().next());
        });
        if (!has("server_users") || !has("server_devices") || !has("server_ops")) {
            throw new ImportException(
                    "server.db is not the Go server's: it lacks server_users, server_devices or server_ops");
        }
    }

    /** @throws ImportException when SQLite finds damage, since rows would be missing silently */
    void requireWhole() {
        Set<String> damage = reading(() -> names("PRAGMA quick_check(1)"));
        if (!damage.equals(Set.of("ok"))) {
            throw new ImportException(
                    "the Go server's database is damaged (%s): bring back a backup, or what the sqlite3 command .recover makes of it"
                            .formatted(String.join(", ", damage)));
        }
    }

    private Set<String> names(String sql) throws SQLException {
        Set<String> names = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                names.add(row.getString(1).toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    static <T> T reading(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException failure) {
            throw new ImportException("the Go server's database cannot be read: " + failure.getMessage(), failure);
        }
    }

    /** Returns {@code PRAGMA user_version}. */
    int schema() {
        return schema;
    }

    boolean has(String table) {
        return tables.containsKey(table);
    }

    Set<String> tables() {
        return new TreeSet<>(tables.keySet());
    }

    Set<String> columns(String table) {
        return new TreeSet<>(tables.getOrDefault(table, Set.of()));
    }

    /** Returns the number of rows of a table; 0 when that version had none. */
    long count(String table) {
        if (!has(table)) {
            return 0;
        }
        return reading(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM \"%s\"".formatted(table))) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /** Reads all rows of a table, in the given order if any; none when that version had no such table. */
    void each(String table, String order, Reader reader) {
        if (has(table)) {
            read("SELECT * FROM \"%s\" %s".formatted(table, order), tables.getOrDefault(table, Set.of()), reader);
        }
    }

    /**
     * Reads all ops by their sequences. Only the sequences are sorted, and each row is fetched then: sorting the
     * payloads could take as much memory as they do.
     */
    void eachOp(Reader reader) {
        read("""
                SELECT o.* FROM
                  (SELECT rowid AS place FROM server_ops ORDER BY server_sequence, rowid LIMIT -1) s
                  CROSS JOIN server_ops o ON o.rowid = s.place""", tables.getOrDefault("server_ops", Set.of()), reader);
    }

    private void read(String sql, Set<String> columns, Reader reader) {
        reading(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                GoRow current = new GoRow(row, columns);
                while (row.next()) {
                    reader.read(current);
                }
            }
            return true;
        });
    }
}
