package io.verstak.server.storage.sqlite;

import io.verstak.server.error.Outage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints the write-ahead log into the database on its own thread and connection, so that no commit pays for it. A
 * passive checkpoint waits for nobody, but under steady load it never reaches the end of the log, which would grow
 * without bound: above a limit, writers pause for the small rest and restart the log (<a
 * href="https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files">Write-Ahead Logging, section 6</a>). The
 * file keeps its length: an fsync of overwritten blocks is cheaper than one of appended blocks.
 */
final class Checkpointer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
    private static final long INTERVAL_MILLIS = 250;
    private static final long MAX_WAL_BYTES = 64L << 20;

    /** A log that a long backup has made much longer is truncated. */
    private static final long MAX_FILE_BYTES = 2 * MAX_WAL_BYTES;

    /** Below this size a checkpoint is not worth its two fsyncs unless the server is idle. */
    private static final long SMALL_WAL_BYTES = 4L << 20;

    private static final int IDLE_ROUNDS = 8;

    /** A backup reads the log for a long time; writers must not pause in vain four times a second meanwhile. */
    private static final int PATIENT_ROUNDS = 40;

    private final Outage outage = new Outage(LOG, "the write-ahead log cannot be moved into the database");
    private final Path wal;
    private final Connection connection;
    private final long pageBytes;
    private final WriteLock gate;
    private final StorageFailures failures;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "wal-checkpointer"));

    private Log atLastLook = new Log(false, 0, 0);
    private int quietRounds;
    private int roundsUntilCut;

    /**
     * The state of the write-ahead log: its size and the part not yet in the database, and whether a reader or writer
     * blocked the checkpoint.
     */
    private record Log(boolean busy, long bytes, long pendingBytes) {}

    Checkpointer(Path database, Connection connection, WriteLock gate, StorageFailures failures) throws SQLException {
        this.wal = database.resolveSibling(database.getFileName() + "-wal");
        this.connection = connection;
        this.gate = gate;
        this.failures = failures;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA page_size")) {
            row.next();
            this.pageBytes = row.getLong(1);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a round handles its own failures
    void start() {
        thread.scheduleWithFixedDelay(this::round, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void round() {
        if (failures.isDamaged()) {
            return; // What is in the log may belong to another database.
        }
        try {
            Log log = checkpoint("NOOP");
            quietRounds = log.equals(atLastLook) ? quietRounds + 1 : 0;
            atLastLook = log;
            if (log.pendingBytes() > SMALL_WAL_BYTES || (log.pendingBytes() > 0 && quietRounds >= IDLE_ROUNDS)) {
                checkpoint("PASSIVE");
                outage.works();
            }
            if (isTooLong(log) && roundsUntilCut-- <= 0) {
                roundsUntilCut = cut() ? 0 : PATIENT_ROUNDS;
            }
        } catch (SQLException | IOException | RuntimeException failure) {
            outage.failed(failures.translate(failure));
        }
    }

    /** The next writer restarts a log that has nothing pending. */
    private boolean isTooLong(Log log) throws IOException {
        return (log.bytes() > MAX_WAL_BYTES && log.pendingBytes() > 0) || Files.size(wal) > MAX_FILE_BYTES;
    }

    /** Pauses writers. Returns false when a reader still uses the end of the log. */
    private boolean cut() throws SQLException, IOException {
        // Once more, so that almost nothing is left to do while writers wait.
        checkpoint("PASSIVE");
        WriteLock.Turn turn = gate.enter().join();
        try {
            return !checkpoint(Files.size(wal) > MAX_FILE_BYTES ? "TRUNCATE" : "RESTART")
                    .busy();
        } finally {
            turn.close();
        }
    }

    private Log checkpoint(String mode) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            row.next();
            long frames = row.getLong(2);
            return new Log(row.getInt(1) != 0, frames * pageBytes, (frames - row.getLong(3)) * pageBytes);
        }
    }

    /** Waits for a running checkpoint. Blocks. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.warn("the last checkpoint takes long; the database is closed without it");
            }
            connection.close();
        } catch (SQLException failure) {
            LOG.warn("the database did not close cleanly: {}", failure.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
