package io.verstak.bench.limit;

import io.verstak.bench.load.Pace;
import io.verstak.bench.server.ServerHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * What one thread of plain inserts reaches: chunks like those the server wrote, by sqlite-jdbc, in batches and in the
 * order of the table's key, durable at each commit as the server's are. Tables and rows are copied from the server's own database;
 * only what must be new in each row is new. No look-up, no digest, no JSON, and no index of keys. The WAL is
 * bounded as the server bounds it, but the same thread pays for the checkpoints, so a server that checkpoints beside
 * its commits can be faster than this.
 */
public final class RawInserts {
    private static final int CACHE_BYTES = 32 << 20;
    private static final int WAL_BYTES = 64 << 20;

    private final ServerHome home;
    private final Path file;

    private RawInserts(ServerHome home, Path file) {
        this.home = home;
        this.file = file;
    }

    /**
     * @param home whose server has written a log, and is idle
     * @param file where the raw database is made, anew for each figure
     */
    public static RawInserts like(ServerHome home, Path file) {
        return new RawInserts(home, file);
    }

    /** Ops per second over so many vaults, after the same warm-up and in the same time as the server's. */
    public double opsPerSecond(int opsPerCommit, int vaults, Pace pace) throws SQLException, IOException {
        try (Connection server = home.openDatabase();
                Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            setUp(raw, pageSize(server));
            try (LogRows rows = LogRows.copy(server, raw, vaults)) {
                raw.setAutoCommit(false);
                insertFor(pace.warmUp().toNanos(), raw, rows, opsPerCommit);
                return insertFor(pace.measured().toNanos(), raw, rows, opsPerCommit);
            }
        } finally {
            for (String suffix : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(Path.of(file + suffix));
            }
        }
    }

    private static int pageSize(Connection server) throws SQLException {
        try (Statement statement = server.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA page_size")) {
            return row.getInt(1);
        }
    }

    private static void setUp(Connection raw, int pageSize) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("PRAGMA page_size = " + pageSize);
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA cache_size = " + CACHE_BYTES / pageSize);
            statement.execute("PRAGMA wal_autocheckpoint = " + WAL_BYTES / pageSize);
        }
    }

    private static double insertFor(long nanos, Connection raw, LogRows rows, int opsPerCommit) throws SQLException {
        long start = System.nanoTime();
        long inserted = 0;
        long elapsed = 0;
        while (elapsed < nanos) {
            rows.insert(opsPerCommit);
            raw.commit();
            inserted += opsPerCommit;
            elapsed = System.nanoTime() - start;
        }
        return inserted / (elapsed / 1e9);
    }
}
