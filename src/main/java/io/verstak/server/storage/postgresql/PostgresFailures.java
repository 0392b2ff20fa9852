package io.verstak.server.storage.postgresql;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.log.OpLog;
import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what PostgreSQL says into what a client is told. Safe for any thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">The codes of errors</a>
 */
final class PostgresFailures {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresFailures.class);

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** A transaction that fails with one of these did nothing, and may succeed when it is tried again. */
    private static final Set<String> TRANSIENT = Set.of("40001", "40P01", LOCK_NOT_AVAILABLE, "57014");

    /** The server ends or starts, has no connection left, or has become a standby. */
    private static final Set<String> GONE = Set.of("57P01", "57P02", "57P03", "53300", "25006");

    /**
     * Classes of faults that one push of a group may have caused, so that the others succeed without it: its values, limits of a statement,
     * a damaged row or page, a trigger, a statement that only it needs, or that takes too much memory or time.
     */
    private static final Set<String> OF_ONE_PUSH = Set.of("22", "23", "42", "53200", "54", "57014", "58", "P0", "XX");

    private static final String DISK_FULL = "53100";

    /** A failure that repeats is logged once in this time. */
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ConcurrentHashMap<String, Long> lastLogged = new ConcurrentHashMap<>();
    private volatile boolean closing;

    <T> Future<T> refuse(Throwable failure) {
        return Future.failedFuture(translate(failure));
    }

    /** Returns whether a transaction that failed like this may be tried again at once. */
    static boolean isTransient(Throwable failure) {
        return failure instanceof PgException refused && TRANSIENT.contains(refused.getSqlState());
    }

    /** Returns whether a lock was waited for as long as the session may. */
    static boolean isLockTimeout(Throwable failure) {
        return failure instanceof PgException refused && LOCK_NOT_AVAILABLE.equals(refused.getSqlState());
    }

    /** Returns whether the connection is to be given up: it is lost, or leads to a server that does not write. */
    static boolean isLost(Throwable failure) {
        if (failure instanceof PgException refused) {
            String state = String.valueOf(refused.getSqlState());
            return state.startsWith("08") || GONE.contains(state);
        }
        return !(failure instanceof ServerException)
                && (failure instanceof VertxException || failure instanceof IOException);
    }

    /** Returns {@link #translate} as what the blocking calls of the op log fail with. */
    RuntimeException refusal(Throwable failure) {
        Throwable translated = translate(failure);
        return translated instanceof RuntimeException refusal ? refusal : new IllegalStateException(translated);
    }

    /** Returns what a group of pushes fails with: a {@link ServerException} if each of them would fail alone, too. */
    RuntimeException ofGroup(RuntimeException failure) {
        RuntimeException refusal = refusal(failure);
        if (failure instanceof PgException refused && isOfOnePush(refused)) {
            return new OpLog.PushFaultException(new ServerException(ErrorCode.INTERNAL_ERROR));
        }
        return refusal instanceof ServerException ? refusal : new OpLog.PushFaultException(refusal);
    }

    private static boolean isOfOnePush(PgException refused) {
        return OF_ONE_PUSH.stream().anyMatch(String.valueOf(refused.getSqlState())::startsWith);
    }

    /** A refusal stays what it is; a failure of the database becomes one; anything else is a fault of ours and stays as it is. */
    Throwable translate(Throwable failure) {
        if (failure instanceof ServerException) {
            return failure;
        }
        if (failure instanceof PgException refused) {
            String state = refused.getSqlState() == null ? "" : refused.getSqlState();
            if (isNews(state)) {
                LOG.error("the database failed: {} ({})", refused.getErrorMessage(), state);
            }
            return new ServerException(state.equals(DISK_FULL) ? ErrorCode.STORAGE_FULL : ErrorCode.UNAVAILABLE);
        }
        // Of several hosts none may be a primary for a moment.
        if (failure instanceof IOException
                || failure instanceof VertxException
                || failure instanceof StorageException) {
            if (isNews("")) {
                LOG.error("the database cannot be reached: {}", failure.getMessage());
            }
            return new ServerException(ErrorCode.UNAVAILABLE);
        }
        return failure;
    }

    /** From now on a lost connection is one that was given up. */
    void closing() {
        closing = true;
    }

    private boolean isNews(String state) {
        if (closing && state.isEmpty()) {
            return false;
        }
        long now = System.nanoTime();
        @Nullable Long before = lastLogged.get(state);
        if (before != null && now - before < QUIET_NANOS) {
            return false;
        }
        lastLogged.put(state, now);
        return true;
    }
}
