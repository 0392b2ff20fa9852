package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Opens a database of what can be made again of another one. It is not part of a backup; one that is damaged, or was written by
 * another release in another way, is deleted, and begins empty.
 */
public final class DerivedDatabase {
    private static final String DAMAGED = "files.db is damaged, and is made again after the next start ({})";

    private DerivedDatabase() {}

    /**
     * Opens the database. Blocks.
     *
     * @param schema a resource with the statements that make an empty one
     * @param version of the schema
     * @param onFatal runs once when the disk no longer keeps what it is given; the process must not write on
     * @throws StorageException in one line for a person
     */
    public static Database open(Vertx vertx, Path file, String schema, int version, int readers, Runnable onFatal) {
        Path mark = file.resolveSibling(file.getFileName() + ".damaged");
        try {
            if (Files.exists(mark) || !isUsable(file, schema, version)) {
                delete(file);
                Files.deleteIfExists(mark);
                if (!isUsable(file, schema, version)) {
                    throw new StorageException("%s: cannot be made".formatted(file));
                }
            }
            return new SqliteDatabase(
                    vertx,
                    "files",
                    file,
                    Sqlite.derivedWriter(file),
                    readers,
                    new StorageFailures(mark, DAMAGED, onFatal));
        } catch (SQLException | IOException e) {
            throw new StorageException("%s: cannot be opened: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Deletes the database of a server that does not run. Blocks. */
    public static void delete(Path file) throws IOException {
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
        }
    }

    /** Makes the tables of an empty one. Returns false if it is damaged, or of another version. */
    private static boolean isUsable(Path file, String schema, int version) throws SQLException, IOException {
        PrivateFiles.file(file);
        try (Connection connection = Sqlite.derivedWriter(file).getConnection();
                Statement statement = connection.createStatement()) {
            int found = Migrations.version(connection);
            if (found == 0) {
                statement.execute(Sqlite.BEGIN);
                for (String sql : Migrations.statements(schema)) {
                    statement.execute(sql);
                }
                statement.execute("PRAGMA user_version = " + version);
                statement.execute("COMMIT");
                return true;
            }
            return found == version;
        } catch (SQLException failure) {
            if (Sqlite.isDamage(failure)) {
                return false;
            }
            throw failure;
        }
    }
}
