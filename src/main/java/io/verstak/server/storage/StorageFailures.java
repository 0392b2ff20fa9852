package io.verstak.server.storage;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Turns what the database says into what a client is told, and stops the process when the disk can no longer be trusted. */
final class StorageFailures {
    private static final Logger LOG = LoggerFactory.getLogger(StorageFailures.class);

    private final Runnable onFatal;
    private final AtomicBoolean fatal = new AtomicBoolean();

    /** @param onFatal runs once, on whichever thread sees the failure first */
    StorageFailures(Runnable onFatal) {
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
        SQLiteErrorCode code = sqliteCode(failure);
        // An fsync that failed may have dropped the pages it was to write: trying again would report them as safe.
        // https://wiki.postgresql.org/wiki/Fsync_Errors
        if (code == SQLiteErrorCode.SQLITE_IOERR_FSYNC || code == SQLiteErrorCode.SQLITE_IOERR_DIR_FSYNC) {
            stop(failure);
        }
        if (code == SQLiteErrorCode.SQLITE_FULL) {
            LOG.error("the disk of the database is full");
            return new ServerException(ErrorCode.STORAGE_FULL);
        }
        if (code != null || hasSqlCause(failure)) {
            LOG.error("the database failed", failure);
            return new ServerException(ErrorCode.UNAVAILABLE);
        }
        return failure;
    }

    private void stop(Throwable failure) {
        if (fatal.compareAndSet(false, true)) {
            LOG.error(
                    "fsync failed: the process stops, so that nothing is acknowledged which the disk has lost",
                    failure);
            onFatal.run();
        }
    }

    private static @Nullable SQLiteErrorCode sqliteCode(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException sqlite) {
                return sqlite.getResultCode();
            }
        }
        return null;
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
