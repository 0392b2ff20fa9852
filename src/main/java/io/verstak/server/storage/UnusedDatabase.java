package io.verstak.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The database of a server that was started and never used: an installation leaves one before an import. Blocks. */
final class UnusedDatabase {
    private static final String COUNT = """
            SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM administrators) + (SELECT COUNT(*) FROM scopes)
              + (SELECT COUNT(*) FROM devices) + (SELECT COUNT(*) FROM blobs) + (SELECT COUNT(*) FROM invitations)
              + (SELECT COUNT(*) FROM settings) + (SELECT COUNT(*) FROM outbox)""";

    private UnusedDatabase() {}

    /** Returns whether there is a database with nothing in it that anybody would miss. */
    static boolean is(Path database) {
        if (!Files.isRegularFile(database)) {
            return false;
        }
        try (Connection connection = Sqlite.plain(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COUNT)) {
            return row.getLong(1) == 0;
        } catch (SQLException anotherSchemaOrNoDatabase) {
            return false;
        }
    }

    /** Leaves nothing of the database but its own file. Does nothing if there is none. */
    static void close(Path database) throws IOException {
        if (!Files.isRegularFile(database)) {
            return;
        }
        try (Connection connection = Sqlite.plain(database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = DELETE");
        } catch (SQLException failure) {
            throw new IOException("the unused database cannot be closed", failure);
        }
    }
}
