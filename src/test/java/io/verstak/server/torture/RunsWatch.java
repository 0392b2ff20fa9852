package io.verstak.server.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.sqlite.SQLiteConfig;

/** Looks from beside at what the upkeep of a log's index does: it only reads, and leaves no trace in the files. */
final class RunsWatch implements AutoCloseable {
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);

    /** So many runs of a tier become one. */
    private static final int RUNS_MERGED = 8;

    private static final String LOOK = """
            SELECT (SELECT COUNT(*) FROM key_runs), (SELECT COALESCE(MAX(id), 0) FROM key_runs),
              (SELECT COALESCE(MIN(id) >> 24, 0) FROM key_parts), (SELECT COALESCE(MAX(id) >> 24, 0) FROM key_parts),
              (SELECT COUNT(*) FROM chunks)""";

    private final Connection connection;
    private final Statement statement;

    /**
     * What is in the database.
     *
     * @param runs the number of runs
     * @param newest the highest number of a run, 0: there is none
     * @param firstPart the lowest number of a run that parts are there of, whether it is there or not; 0: there is none
     * @param lastPart the highest
     * @param chunks the number of chunks
     */
    record Seen(int runs, long newest, long firstPart, long lastPart, int chunks) {

        /** Returns whether there are parts of a run that is not complete: it is being merged, or a kill has ended that. */
        boolean isMerging() {
            return lastPart > newest;
        }

        /** Returns whether runs have become fewer than are merged at once. */
        boolean isMerged() {
            return runs > 0 && runs < RUNS_MERGED;
        }
    }

    private RunsWatch(Path data) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        // A connection that writes would move the write-ahead log into the database when it is the last one.
        config.setReadOnly(true);
        connection = config.createConnection("jdbc:sqlite:" + data.resolve("server.db"));
        statement = connection.createStatement();
    }

    /** Watches the database of a server that runs. */
    static RunsWatch of(Path data) throws SQLException {
        return new RunsWatch(data);
    }

    /** Looks at what a kill has left, in a copy that it makes below a folder for this. */
    static Seen left(Path data, Path folder) throws SQLException, IOException {
        Path copy = Files.createTempDirectory(folder, "left");
        for (String name : List.of("server.db", "server.db-wal")) {
            if (Files.exists(data.resolve(name))) {
                Files.copy(data.resolve(name), copy.resolve(name));
            }
        }
        Path database = copy.resolve("server.db");
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            return look(statement);
        } finally {
            Files.delete(database);
        }
    }

    /** Waits until a look shows something. */
    Seen await(Predicate<Seen> wanted) throws SQLException {
        long begun = System.nanoTime();
        Seen seen = look(statement);
        while (!wanted.test(seen)) {
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new AssertionError("the last look has shown " + seen);
            }
            LockSupport.parkNanos(LOOK_NANOS);
            seen = look(statement);
        }
        return seen;
    }

    private static Seen look(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(LOOK)) {
            return new Seen(row.getInt(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getInt(5));
        }
    }

    @Override
    public void close() throws SQLException {
        statement.close();
        connection.close();
    }
}
