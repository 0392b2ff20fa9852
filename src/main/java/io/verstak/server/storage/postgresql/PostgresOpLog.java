package io.verstak.server.storage.postgresql;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.storage.log.LogAppender;
import io.verstak.server.storage.log.LogGap;
import io.verstak.server.storage.log.LogPage;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.storage.log.ScopeTail;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** The op log in a PostgreSQL that several nodes append to: one connection of this node appends, a few read. */
final class PostgresOpLog implements OpLog {
    private static final int TRIES = 4;
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final LogConnection connection;
    private final PostgresLogRows rows;
    private final PostgresLogReader reader;
    private final PostgresFailures failures;
    private final Clock clock;
    private final Duration answersKept;
    private final LongConsumer accepted;

    /** @param accepted receives the number of ops of each commit */
    PostgresOpLog(
            LogConnection connection,
            PostgresLogReader reader,
            PostgresFailures failures,
            Clock clock,
            Duration answersKept,
            LongConsumer accepted) {
        this.connection = connection;
        this.rows = new PostgresLogRows(connection);
        this.reader = reader;
        this.failures = failures;
        this.clock = clock;
        this.answersKept = answersKept;
        this.accepted = accepted;
    }

    @Override
    public List<PushResult> commit(List<Push> pushes) {
        LogAppender.Appended committed = transaction(() -> {
            long now = clock.millis();
            return LogAppender.append(rows, pushes, now, now - answersKept.toMillis());
        });
        accepted.accept(committed.operations());
        return committed.results();
    }

    @Override
    public boolean skipTo(DeviceIdentity device, long cursor) {
        return transaction(() -> {
            ScopeTail tail = rows.lock(device.scope().id());
            return tail != null && LogGap.reserve(rows, tail, device, cursor, clock.millis());
        });
    }

    /**
     * Runs work in a transaction, again on a conflict with another node or a lost connection. If the connection was lost during the COMMIT,
     * the next try finds what it has stored, as the retry of a client does.
     */
    private <T> T transaction(Supplier<T> work) {
        for (int left = TRIES - 1; ; left--) {
            try {
                rows.begin();
                T result = work.get();
                rows.commit();
                return result;
            } catch (RuntimeException failure) {
                rows.rollback();
                boolean again = PostgresFailures.isTransient(failure) || PostgresFailures.isLost(failure);
                if (left == 0 || !again) {
                    throw failures.refusal(failure);
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
            }
        }
    }

    /** PostgreSQL tends its indexes itself. */
    @Override
    public boolean upkeep() {
        return false;
    }

    @Override
    public LogPage read(DeviceIdentity device, long cursor, int maxOps, int maxBytes) {
        return reading(() -> reader.read(device, cursor, maxOps, maxBytes));
    }

    @Override
    public ExportChunk lines(long scopeId, long cursor, int maxBytes) {
        return reading(() -> reader.lines(scopeId, cursor, maxBytes));
    }

    private <T> T reading(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException failure) {
            throw failures.refusal(failure);
        }
    }

    @Override
    public void close() {
        connection.close();
        reader.close();
    }
}
