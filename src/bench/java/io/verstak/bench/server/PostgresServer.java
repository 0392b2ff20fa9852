package io.verstak.bench.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL that keeps what it is given through a power cut, as the embedded database does, with memory as operations.md advises. */
public final class PostgresServer implements AutoCloseable {
    static final String USER = "postgres";
    static final String DATABASE = "bench";

    private final EmbeddedPostgres server;
    private final ProcessTree processes;

    private PostgresServer(EmbeddedPostgres server, ProcessTree processes) {
        this.server = server;
        this.processes = processes;
    }

    /** Starts one with an empty database, and its data in a folder that it makes. */
    public static PostgresServer start(Path folder) throws IOException, SQLException {
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setServerConfig("max_connections", "200")
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("shared_buffers", "1GB")
                .setServerConfig("max_wal_size", "4GB")
                .start();
        String pid = Files.readAllLines(folder.resolve("postmaster.pid")).get(0);
        PostgresServer started = new PostgresServer(server, new ProcessTree(Long.parseLong(pid.strip())));
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + DATABASE);
        }
        return started;
    }

    int port() {
        return server.getPort();
    }

    /** Processor time of all its processes since its start. */
    public long processorNanos() throws IOException {
        return processes.nanos();
    }

    /** Transactions that were committed in the database, those of readers included. It learns of them a second late. */
    public long commits() throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT xact_commit FROM pg_stat_database WHERE datname = '" + DATABASE + "'")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
