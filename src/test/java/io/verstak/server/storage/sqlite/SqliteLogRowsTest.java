package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.LogRowsContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteLogRowsTest extends LogRowsContract {
    @TempDir
    Path root;

    private Path file;
    private SqliteLogRows rows;

    @BeforeEach
    void open() throws SQLException {
        file = root.resolve("server.db");
        Connection connection = Sqlite.writer(file).getConnection();
        Migrations.run(connection);
        rows = new SqliteLogRows(connection);
    }

    @AfterEach
    void close() throws SQLException {
        rows.close();
    }

    @Override
    protected <T> T transaction(Function<LogRows, T> work) {
        try {
            rows.begin();
            try {
                T result = work.apply(rows);
                rows.commit();
                return result;
            } catch (RuntimeException failure) {
                rows.clear();
                rows.rollback();
                throw failure;
            }
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    protected long newScope() {
        return TestScopes.add(file);
    }
}
