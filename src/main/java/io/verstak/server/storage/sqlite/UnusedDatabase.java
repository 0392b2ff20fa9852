package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The database of a server that was started and never used: an installation leaves one before an import. Blocks. */
public final class UnusedDatabase {
    private static final String COUNT = """
            SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM administrators) + (SELECT COUNT(*) FROM scopes)
              + (SELECT COUNT(*) FROM devices) + (SELECT COUNT(*) FROM blobs) + (SELECT COUNT(*) FROM invitations)
              + (SELECT COUNT(*) FROM settings) + (SELECT COUNT(*) FROM outbox)""";

    private UnusedDatabase() {}

    /** @throws StorageException when a server keeps data of people in a directory; one that was only started has none */
    public static void require(Path root) {
        if (!isIn(root)) {
            DataDirectory.requireNone(root);
        }
    }

    private static boolean isIn(Path root) {
        Path database = root.resolve(DataDirectory.DATABASE);
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

    /**
     * Leaves nothing of the database but its own file: a write-ahead log beside it would be taken for that of the database which
     * replaces it. Does nothing if there is none.
     */
    public static void close(Path root) throws IOException {
        Path database = root.resolve(DataDirectory.DATABASE);
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
