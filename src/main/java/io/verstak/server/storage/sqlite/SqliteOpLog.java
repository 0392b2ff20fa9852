package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.LogAppender;
import io.verstak.server.storage.log.LogGap;
import io.verstak.server.storage.log.LogPage;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.storage.log.ScopeTail;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The op log in the embedded database: one connection appends, a few read. */
final class SqliteOpLog implements OpLog {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteOpLog.class);

    /** Upkeep that has failed, on a full disk for example, is not tried after each push. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Path file;
    private final SqliteLogRows writer;
    private final LogGaps gaps;
    private final BlockingQueue<LogReader> readers;
    private final WriteLock gate;
    private final StorageFailures failures;
    private final Clock clock;
    private final Duration answersKept;
    private final LongConsumer accepted;
    private long upkeepFrom = System.nanoTime();

    private SqliteOpLog(
            Path file,
            SqliteLogRows writer,
            LogGaps gaps,
            BlockingQueue<LogReader> readers,
            WriteLock gate,
            StorageFailures failures,
            Clock clock,
            Duration answersKept,
            LongConsumer accepted) {
        this.file = file;
        this.writer = writer;
        this.gaps = gaps;
        this.readers = readers;
        this.gate = gate;
        this.failures = failures;
        this.clock = clock;
        this.answersKept = answersKept;
        this.accepted = accepted;
    }

    static SqliteOpLog open(
            Path file,
            int readers,
            WriteLock gate,
            StorageFailures failures,
            Clock clock,
            Duration answersKept,
            LongConsumer accepted) {
        try {
            BlockingQueue<LogReader> idle = new ArrayBlockingQueue<>(readers);
            for (int i = 0; i < readers; i++) {
                idle.add(new LogReader(Sqlite.reader(file).getConnection()));
            }
            SqliteLogRows writer = new SqliteLogRows(Sqlite.writer(file).getConnection());
            return new SqliteOpLog(
                    file, writer, new LogGaps(writer), idle, gate, failures, clock, answersKept, accepted);
        } catch (SQLException e) {
            throw Sqlite.cannotBeOpened(e);
        }
    }

    /** Statements of one transaction. */
    private interface Work<T> {
        T run() throws SQLException;
    }

    /** What a reader does with its connection. */
    private interface Reading<T> {
        T run(LogReader reader) throws SQLException;
    }

    @Override
    public List<PushResult> commit(List<Push> pushes) {
        LogAppender.Appended committed = append(pushes);
        accepted.accept(committed.operations());
        return committed.results();
    }

    private LogAppender.Appended append(List<Push> pushes) {
        try {
            return transaction(() -> {
                long now = clock.millis();
                return LogAppender.append(writer, pushes, now, now - answersKept.toMillis());
            });
        } catch (RuntimeException failure) {
            boolean full = failure instanceof ServerException refusal && refusal.code() == ErrorCode.STORAGE_FULL;
            throw full ? failure : new PushFaultException(failure);
        }
    }

    @Override
    public boolean skipTo(DeviceIdentity device, long cursor) {
        return transaction(() -> {
            long scope = device.scope().id();
            ScopeTail tail = writer.scopes(List.of(scope)).get(scope);
            return tail != null && LogGap.reserve(gaps, tail, device, cursor, clock.millis());
        });
    }

    @Override
    public boolean upkeep() {
        if (!writer.isUpkeepDue() || System.nanoTime() - upkeepFrom < 0) {
            return false;
        }
        WriteLock.Turn turn = gate.enter().join();
        try {
            failures.requireSound();
            writer.upkeep();
            return writer.isUpkeepDue();
        } catch (SQLException | RuntimeException failure) {
            upkeepFrom = System.nanoTime() + PATIENCE_NANOS;
            LOG.warn(
                    "the index of the log could not be tended, and is tried again later: {}",
                    String.valueOf(failures.translate(failure).getMessage()));
            try {
                rollback();
            } catch (RuntimeException lasting) {
                LOG.debug("the next push tries to roll back, too", lasting);
            }
            return false;
        } finally {
            turn.close();
        }
    }

    private <T> T transaction(Work<T> work) {
        WriteLock.Turn turn = gate.enter().join();
        try {
            failures.requireSound();
            writer.begin();
            T result = work.run();
            writer.commit();
            failures.requireSound();
            return result;
        } catch (SQLException | RuntimeException failure) {
            rollback();
            throw refusal(failure);
        } finally {
            turn.close();
        }
    }

    private void rollback() {
        try {
            writer.clear();
            writer.rollback();
        } catch (SQLException failure) {
            throw refusal(failure);
        }
    }

    @Override
    public LogPage read(DeviceIdentity device, long cursor, int maxOps, int maxBytes) {
        return reading(reader -> reader.read(device.scope().id(), cursor, maxOps, maxBytes));
    }

    @Override
    public ExportChunk lines(long scopeId, long cursor, int maxBytes) {
        return reading(reader -> reader.lines(scopeId, cursor, maxBytes));
    }

    private <T> T reading(Reading<T> work) {
        LogReader reader;
        try {
            reader = readers.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException(ErrorCode.UNAVAILABLE);
        }
        try {
            return work.run(reader);
        } catch (SQLException failure) {
            reader = fresh(reader);
            throw refusal(failure);
        } finally {
            readers.add(reader);
        }
    }

    /** The driver does not run a statement again that has failed between two rows: other logs are to be read on. */
    private LogReader fresh(LogReader failed) {
        try {
            LogReader fresh = new LogReader(Sqlite.reader(file).getConnection());
            failed.close();
            return fresh;
        } catch (SQLException failure) {
            return failed;
        }
    }

    private RuntimeException refusal(Exception failure) {
        Throwable translated = failures.translate(failure);
        return translated instanceof RuntimeException refusal ? refusal : new IllegalStateException(translated);
    }

    @Override
    public void close() {
        try {
            writer.close();
            for (LogReader reader : readers) {
                reader.close();
            }
        } catch (SQLException failure) {
            throw refusal(failure);
        }
    }
}
