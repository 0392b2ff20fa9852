package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.LogRowsContract;
import io.verstak.server.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

    @Test
    void a_commit_after_a_failed_upkeep_is_durable() throws SQLException {
        TestDatabase.execute(file, "ALTER TABLE key_parts RENAME TO gone");

        assertThatThrownBy(rows::upkeep).isInstanceOf(SQLException.class);
        rows.clear();
        rows.rollback();
        rows.begin();

        try (ResultSet level = rows.prepare("PRAGMA synchronous").executeQuery()) {
            assertThat(level.getInt(1)).isEqualTo(2);
        }
        rows.rollback();
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
