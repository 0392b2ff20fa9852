package io.verstak.server.testkit;

import io.verstak.server.storage.sqlite.index.KeyIndex;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A look into a server's database from beside it, and a hand in it for what no call can bring about. */
public final class TestDatabase {
    private TestDatabase() {}

    public static void execute(Path database, String... statements) {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The rows that a connection finds, each as its columns joined by {@code |}. */
    public static List<String> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    columns.add(row.getString(i));
                }
                rows.add(String.join("|", columns));
            }
            return rows;
        }
    }

    /** The rows, each as its columns joined by {@code |}. */
    public static List<String> rows(Path database, String sql) {
        try (Connection connection = open(database)) {
            return rows(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes runs of the keys of all logs, as a server does when there are many more ops. No server may be running. */
    public static void sealKeys(Path database) {
        try (Connection connection = open(database)) {
            KeyIndex index = new KeyIndex(connection);
            for (String scope : rows(database, "SELECT id FROM scopes")) {
                index.build(Long.parseLong(scope));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static Connection open(Path database) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + database + "?busy_timeout=60000");
    }
}
