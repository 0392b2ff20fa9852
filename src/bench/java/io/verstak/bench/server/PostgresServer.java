package io.verstak.bench.server;

import io.verstak.server.testkit.OwnPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Debian's PostgreSQL, which keeps what it is given through a power cut, as the embedded database does, with memory as operations.md
 * advises.
 */
public final class PostgresServer implements AutoCloseable {
    static final String DATABASE = "verstak";

    private final OwnPostgres server;
    private final ProcessTree processes;

    private PostgresServer(OwnPostgres server) {
        this.server = server;
        this.processes = new ProcessTree(server.pid());
    }

    /** Starts one with an empty database, and its data in a temporary folder. */
    public static PostgresServer start() {
        OwnPostgres server = OwnPostgres.start();
        try {
            server.execute("ALTER SYSTEM SET shared_buffers = '1GB'");
            server.execute("ALTER SYSTEM SET max_wal_size = '4GB'");
            server.stop(OwnPostgres.Stop.FAST);
            server.restart();
            return new PostgresServer(server);
        } catch (RuntimeException | Error failure) {
            server.close();
            throw failure;
        }
    }

    int port() {
        return server.port();
    }

    String user() {
        return server.user();
    }

    /** Processor time of all its processes since its start. */
    public long processorNanos() throws IOException {
        return processes.nanos();
    }

    /** Transactions that were committed in the database, those of readers included. It learns of them a second late. */
    public long commits() throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT xact_commit FROM pg_stat_database WHERE datname = '" + DATABASE + "'")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
