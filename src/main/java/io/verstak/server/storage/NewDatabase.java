package io.verstak.server.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A database that is filled before a server opens it: one thread, one connection, not durable until it is finished.
 * Every call blocks and fails with {@link StorageException}.
 */
public final class NewDatabase implements AutoCloseable {
    private final Connection connection;
    private final Statement control;
    private final LogFiller log;
    private final AccountFiller accounts;
    private final RecordFiller records;

    private NewDatabase(Connection connection) throws SQLException {
        this.connection = connection;
        Migrations.run(connection);
        control = connection.createStatement();
        control.execute(Sqlite.BEGIN);
        log = new LogFiller(this, new LogConnection(connection));
        accounts = new AccountFiller(connection);
        records = new RecordFiller(connection);
    }

    /** @param directory where it is created; without one it is created in memory and discarded */
    public static NewDatabase open(Optional<DataDirectory> directory) {
        String url = directory
                .map(target -> "jdbc:sqlite:" + target.database().toAbsolutePath())
                .orElse("jdbc:sqlite::memory:");
        return filling(() -> new NewDatabase(Sqlite.filler(url).getConnection()));
    }

    public LogFiller log() {
        return log;
    }

    public AccountFiller accounts() {
        return accounts;
    }

    public RecordFiller records() {
        return records;
    }

    /** Work that reads the database. */
    interface Work<T> {
        T run() throws SQLException;
    }

    static <T> T filling(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException failure) {
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
