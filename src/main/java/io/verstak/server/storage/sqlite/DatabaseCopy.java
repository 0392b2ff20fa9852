package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.BooleanSupplier;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * A copy of a database at one moment, made while a server keeps writing. It holds one snapshot, so that no commit
 * restarts the copy and no writer waits. Blocks.
 */
public final class DatabaseCopy {
    private static final int PAGES_PER_STEP = 256;

    private final Path file;

    /** Receives each blob. */
    public interface BlobConsumer {
        void accept(BlobReference blob) throws IOException;
    }

    private DatabaseCopy(Path file) {
        this.file = file;
    }

    /**
     * Copies a database into a new file and checks the copy.
     *
     * @param goOn called between two steps; false stops the copy
     * @throws StorageException in one line for a person
     */
    public static DatabaseCopy make(DataDirectory from, Path to, BooleanSupplier goOn) {
        try (Connection source = Sqlite.reader(from.database()).getConnection()) {
            source.setAutoCommit(false);
            Migrations.requireKnown(source);
            copy(source, to, goOn);
            source.rollback();
        } catch (SQLException e) {
            throw new StorageException("server.db: cannot be copied: " + e.getMessage(), e);
        }
        DatabaseCopy copy = new DatabaseCopy(to);
        copy.settle();
        return copy;
    }

    private static void copy(Connection source, Path to, BooleanSupplier goOn) throws SQLException {
        int result = source.unwrap(SQLiteConnection.class)
                .getDatabase()
                .backup(
                        "main",
                        to.toString(),
                        (remaining, pages) -> {
                            if (!goOn.getAsBoolean()) {
                                throw new StorageException("the backup was given up");
                            }
                        },
                        0,
                        0,
                        PAGES_PER_STEP);
        if (result != 0) {
            throw new SQLException(SQLiteErrorCode.getErrorCode(result).toString());
        }
    }

    /** Converts the copy to one file, removes blobs that no scope holds, and checks it. */
    private void settle() {
        try (Connection copy = open();
                Statement statement = copy.createStatement()) {
            statement.execute("PRAGMA journal_mode = DELETE");
            statement.execute("PRAGMA synchronous = FULL");
            statement.executeUpdate("DELETE FROM blobs WHERE NOT EXISTS"
                    + " (SELECT 1 FROM blob_refs r WHERE r.sha256 = blobs.sha256)");
            try (ResultSet fault = statement.executeQuery("PRAGMA integrity_check(1)")) {
                if (!fault.next() || !fault.getString(1).equals("ok")) {
                    throw new StorageException(
                            "server.db is damaged, see verstak-server verify: " + fault.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new StorageException("the copy of server.db cannot be read: " + e.getMessage(), e);
        }
    }

    /** Passes on its blobs, in the order of their hashes. */
    public void eachBlob(BlobConsumer consumer) throws IOException {
        try (Connection copy = open();
                Statement statement = copy.createStatement();
                ResultSet row = statement.executeQuery("SELECT sha256, size FROM blobs ORDER BY sha256")) {
            while (row.next()) {
                consumer.accept(new BlobReference(new Sha256(row.getString(1)), row.getLong(2)));
            }
        } catch (SQLException e) {
            throw new StorageException("the copy of server.db cannot be read: " + e.getMessage(), e);
        }
    }

    public int schemaVersion() {
        return (int) number("PRAGMA user_version");
    }

    public long operations() {
        return number("SELECT COALESCE(SUM(operations), 0) FROM scopes");
    }

    private long number(String sql) {
        try (Connection copy = open();
                PreparedStatement statement = copy.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        } catch (SQLException e) {
            throw new StorageException("the copy of server.db cannot be read: " + e.getMessage(), e);
        }
    }

    private Connection open() throws SQLException {
        return Sqlite.plain(file).getConnection();
    }
}
