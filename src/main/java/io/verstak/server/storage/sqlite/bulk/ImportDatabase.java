package io.verstak.server.storage.sqlite.bulk;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.Migrations;
import io.verstak.server.storage.sqlite.Sqlite;
import io.verstak.server.storage.sqlite.SqliteLogRows;
import io.verstak.server.storage.sqlite.UncheckedSqlException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A database that is filled before a server opens it: one thread, one connection, not durable until it is finished.
 * Every call blocks and fails with {@link StorageException}.
 */
public final class ImportDatabase implements AutoCloseable {
    private final Connection connection;
    private final Statement control;
    private final LogBulkLoader log;
    private final AccountBulkLoader accounts;
    private final RecordBulkLoader records;

    private ImportDatabase(Connection connection) throws SQLException {
        this.connection = connection;
        Migrations.run(connection);
        control = connection.createStatement();
        control.execute(Sqlite.BEGIN);
        log = new LogBulkLoader(this, new SqliteLogRows(connection));
        accounts = new AccountBulkLoader(connection);
        records = new RecordBulkLoader(connection);
    }

    /** @param directory where it is created; without one it is created in memory and discarded */
    public static ImportDatabase open(Optional<DataDirectory> directory) {
        String url = directory
                .map(target -> "jdbc:sqlite:" + target.database().toAbsolutePath())
                .orElse("jdbc:sqlite::memory:");
        return filling(() -> new ImportDatabase(Sqlite.filler(url).getConnection()));
    }

    public LogBulkLoader log() {
        return log;
    }

    public AccountBulkLoader accounts() {
        return accounts;
    }

    public RecordBulkLoader records() {
        return records;
    }

    /** Work that reads the database. */
    interface Work<T> {
        T run() throws SQLException;
    }

    static <T> T filling(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException | UncheckedSqlException failure) {
            throw new StorageException("the new database cannot be written: " + failure.getMessage(), failure);
        }
    }

    /** Work that changes the database. */
    interface Step {
        void run() throws SQLException;
    }

    static void fill(Step step) {
        filling(() -> {
            step.run();
            return true;
        });
    }

    /** Commits the rows written so far, so that no transaction grows with the whole import. */
    void pause() throws SQLException {
        control.execute("COMMIT");
        control.execute(Sqlite.BEGIN);
    }

    /** Writes the rest from memory. The file is complete then, but not yet durable. */
    public void complete() {
        fill(() -> {
            log.finish();
            control.execute("COMMIT");
        });
    }

    @Override
    public void close() {
        fill(connection::close);
    }
}
