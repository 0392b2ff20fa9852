package io.verstak.server.storage.postgresql;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.LogAppender;
import io.verstak.server.storage.log.LogGap;
import io.verstak.server.storage.log.LogPage;
import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.postgresql.failover.FailoverWatch;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** The op log in a PostgreSQL that several nodes append to: some connections of this node append, a few read. */
final class PostgresOpLog implements OpLog {
    private static final int TRIES = 4;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<PostgresLogRows> lanes;
    private final BlockingDeque<PostgresLogRows> idle;
    private final PostgresLogReader reader;
    private final FailoverWatch failover;
    private final PostgresFailures failures;
    private final Clock clock;
    private final Duration answersKept;
    private final LongConsumer accepted;

    /** What a transaction does with the rows of the log. */
    private interface Work<T> {
        /** Returns empty if it has to wait for another node. */
        Optional<T> run(PostgresLogRows rows);
    }

    /**
     * @param lanes each over a connection of its own
     * @param accepted receives the number of ops of each commit
     */
    PostgresOpLog(
            List<PostgresLogRows> lanes,
            PostgresLogReader reader,
            FailoverWatch failover,
            PostgresFailures failures,
            Clock clock,
            Duration answersKept,
            LongConsumer accepted) {
        this.lanes = List.copyOf(lanes);
        this.idle = new LinkedBlockingDeque<>(lanes);
        this.reader = reader;
        this.failover = failover;
        this.failures = failures;
        this.clock = clock;
        this.answersKept = answersKept;
        this.accepted = accepted;
    }

    @Override
    public int lanes() {
        return lanes.size();
    }

    @Override
    public List<PushResult> commit(List<Push> pushes) {
        return commit(pushes, true);
    }

    @Override
    public List<PushResult> tryCommit(List<Push> pushes) {
        return commit(pushes, false);
    }

    private List<PushResult> commit(List<Push> pushes, boolean waits) {
        Optional<LogAppender.Appended> committed = transaction(waits, rows -> {
            long now = clock.millis();
            return Optional.of(LogAppender.append(rows, pushes, now, now - answersKept.toMillis()));
        });
        committed.ifPresent(appended -> accepted.accept(appended.operations()));
        return committed
                .map(LogAppender.Appended::results)
                .orElseGet(() -> Collections.nCopies(pushes.size(), new PushResult.Postponed()));
    }

    @Override
    public boolean skipTo(DeviceIdentity device, long cursor) {
        return trySkipTo(device, cursor, true).orElseThrow(() -> new ServerException(ErrorCode.UNAVAILABLE));
    }

    @Override
    public Optional<Boolean> trySkipTo(DeviceIdentity device, long cursor, boolean waits) {
        long scope = device.scope().id();
        return transaction(waits, rows -> {
            long now = clock.millis();
            LogRows.Stored stored = rows.lock(scope, now);
            ScopeTail tail = stored.scopes().get(scope);
            return stored.busy().contains(scope)
                    ? Optional.empty()
                    : Optional.of(tail != null && LogGap.reserve(rows, tail, device, cursor, now));
        });
    }

    /** Returns empty if another node writes to a scope for longer than is waited for it. */
    private <T> Optional<T> transaction(boolean waits, Work<T> work) {
        PostgresLogRows rows;
        try {
            rows = idle.takeFirst();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException(ErrorCode.UNAVAILABLE);
        }
        try {
            return transaction(rows, waits, work);
        } finally {
            idle.addFirst(rows);
        }
    }

    /**
     * Runs work in a transaction, again on a conflict with another node or a lost connection. If the connection was lost during the COMMIT,
     * the next try finds what it has stored, as the retry of a client does.
     */
    private <T> Optional<T> transaction(PostgresLogRows rows, boolean waits, Work<T> work) {
        long begun = System.nanoTime();
        for (int left = TRIES - 1; ; left--) {
            try {
                rows.begin(waits);
                Optional<T> result = work.run(rows);
                rows.commit();
                return result;
            } catch (RuntimeException failure) {
                rows.rollback();
                if (waits && PostgresFailures.isLockTimeout(failure)) {
                    return Optional.empty();
                }
                boolean again = PostgresFailures.isTransient(failure) || PostgresFailures.isLost(failure);
                if (left == 0 || !again || System.nanoTime() - begun > PATIENCE_NANOS) {
                    throw failures.ofGroup(failure);
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
        failover.close();
        lanes.forEach(PostgresLogRows::close);
        reader.close();
    }
}
