package io.verstak.server.storage.sqlite;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.PrivateFiles;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * Turns what the database says into what a client is told, stops the process when the disk can no longer be trusted, and lets
 * nothing more be written once the database has shown damage: what is pushed into it would be lost with the restore. Safe for any
 * thread.
 */
final class StorageFailures {
    private static final Logger LOG = LoggerFactory.getLogger(StorageFailures.class);
    private static final int DAMAGED_RETRY_SECONDS = 60;

    /** A failure that repeats is logged once in this time. */
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final String SERVER_DAMAGED =
            "server.db is damaged, nothing is written to it any more: stop the server, look with"
                    + " \"verstak-server verify\", restore the last good backup with \"verstak-server restore\" ({})";

    private final Path damageMark;
    private final String damageText;
    private final Runnable onFatal;
    private final AtomicBoolean fatal = new AtomicBoolean();
    private final AtomicBoolean damaged = new AtomicBoolean();
    private final Map<SQLiteErrorCode, Long> told = new EnumMap<>(SQLiteErrorCode.class);

    /**
     * @param damageMark a file that is made when damage shows, for the next start
     * @param onFatal runs once, on whichever thread sees the failure first
     */
    StorageFailures(Path damageMark, Runnable onFatal) {
        this(damageMark, SERVER_DAMAGED, onFatal);
    }

    /** @param damageText logged when damage shows, with a place for what showed it */
    StorageFailures(Path damageMark, String damageText, Runnable onFatal) {
        this.damageMark = damageMark;
        this.damageText = damageText;
        this.onFatal = onFatal;
    }

    <T> Future<T> refuse(Throwable failure) {
        return Future.failedFuture(translate(failure));
    }

    /** A refusal stays what it is; a database failure becomes one; anything else is a fault of ours and stays as it is. */
    Throwable translate(Throwable failure) {
        if (failure instanceof ServerException) {
            return failure;
        }
        SQLiteErrorCode code = Sqlite.code(failure);
        // An fsync that failed may have dropped the pages it was to write: trying again would report them as safe.
        // https://wiki.postgresql.org/wiki/Fsync_Errors
        if (code == SQLiteErrorCode.SQLITE_IOERR_FSYNC || code == SQLiteErrorCode.SQLITE_IOERR_DIR_FSYNC) {
            stop(failure);
        }
        if (Sqlite.isDamage(failure)) {
            damaged(String.valueOf(failure.getMessage()));
            return damage();
        }
        if (damaged.get() && (code != null || hasSqlCause(failure))) {
            return damage(); // What follows from damage is no news.
        }
        if (code == SQLiteErrorCode.SQLITE_FULL) {
            if (isNews(code)) {
                LOG.error("the disk of the database is full");
            }
            return new ServerException(ErrorCode.STORAGE_FULL);
        }
        if (code != null || hasSqlCause(failure)) {
            if (isNews(code == null ? SQLiteErrorCode.UNKNOWN_ERROR : code)) {
                LOG.error("the database failed", failure);
            }
            return new ServerException(ErrorCode.UNAVAILABLE);
        }
        return failure;
    }

    /** Takes note of damage, wherever it showed; the first time it is logged, and marked for the next start. */
    void damaged(String what) {
        if (damaged.compareAndSet(false, true)) {
            LOG.error(damageText, what);
            @Nullable Context context = Context.isOnEventLoopThread() ? Vertx.currentContext() : null;
            if (context == null) {
                mark();
            } else {
                context.executeBlocking(
                        () -> {
                            mark();
                            return true;
                        },
                        false);
            }
        }
    }

    private void mark() {
        try {
            PrivateFiles.file(damageMark);
        } catch (IOException failure) {
            LOG.warn("{} cannot be made: {}", damageMark, PrivateFiles.reason(failure));
        }
    }

    /** Whether the database has shown damage since the start, or at it. */
    boolean isDamaged() {
        return damaged.get();
    }

    /**
     * To be asked before a transaction that writes and after its commit, so that nothing is acknowledged which came after the
     * damage or a failed fsync.
     *
     * @throws ServerException {@code UNAVAILABLE}
     */
    void requireSound() {
        if (damaged.get()) {
            throw damage();
        }
        if (fatal.get()) {
            throw new ServerException(ErrorCode.UNAVAILABLE);
        }
    }

    private static ServerException damage() {
        return ServerException.retryAfter(Message.DATABASE_DAMAGED, DAMAGED_RETRY_SECONDS);
    }

    private synchronized boolean isNews(SQLiteErrorCode code) {
        long now = System.nanoTime();
        @Nullable Long before = told.get(code);
        if (before != null && now - before < QUIET_NANOS) {
            return false;
        }
        told.put(code, now);
        return true;
    }

    private void stop(Throwable failure) {
        if (fatal.compareAndSet(false, true)) {
            LOG.error(
                    "fsync failed: the process stops, so that nothing is acknowledged which the disk has lost",
                    failure);
            onFatal.run();
        }
    }

    private static boolean hasSqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                return true;
            }
        }
        return false;
    }
}
