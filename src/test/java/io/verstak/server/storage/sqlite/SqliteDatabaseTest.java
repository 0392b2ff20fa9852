package io.verstak.server.storage.sqlite;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.DatabaseContract;
import io.verstak.server.storage.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseTest extends DatabaseContract {
    private static final long MOST_PAGES = 4_294_967_294L;

    @TempDir
    Path root;

    private @Nullable DataDirectory directory;
    private @Nullable Connection other;

    @Override
    protected Database open() throws IOException {
        if (directory != null) {
            directory.close();
        }
        directory = DataDirectory.open(root);
        return SqliteDatabase.open(vertx, directory, 2, () -> {});
    }

    @AfterEach
    void closeDirectory() throws IOException {
        requireNonNull(directory).close();
    }

    /** The file may not grow. */
    @Override
    protected void fill(Database database) {
        pragma(database, "max_page_count = 1");
    }

    /** Another process writes, and the wait for it is short. */
    @Override
    protected void takeAway(Database database) throws SQLException {
        pragma(database, "busy_timeout = 1");
        other = DriverManager.getConnection(
                "jdbc:sqlite:" + requireNonNull(directory).database() + "?busy_timeout=60000");
        try (Statement statement = other.createStatement()) {
            statement.execute(Sqlite.BEGIN);
        }
    }

    @Override
    protected void giveBack(Database database) throws SQLException {
        if (other != null) {
            other.close();
            other = null;
        }
        pragma(database, "busy_timeout = 10000");
        pragma(database, "max_page_count = " + MOST_PAGES);
    }

    private static void pragma(Database database, String setting) {
        await(database.write(connection -> Rows.run(connection, "PRAGMA " + setting)));
    }
}
