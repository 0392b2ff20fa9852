package io.verstak.server.blob.resumable;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Locks uploads: one holder at a time. Used on one event loop. */
final class UploadLocks {
    /** How long to wait for an interrupted holder. A healthy disk finishes its write sooner. */
    private static final long PATIENCE_SECONDS = 10;

    /** How long to wait for a sending holder: a reconnecting client's old connection is detected as closed within this time. */
    private static final long FAREWELL_SECONDS = 1;

    /** A reconnecting client may take the lock from a holder that has received nothing for this long. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Vertx vertx;
    private final Map<String, Lock> held = new HashMap<>();

    /** A lock on one upload. It is released on the event loop; the other methods are safe for any thread. */
    final class Lock {
        private final String id;
        private final Runnable interrupt;
        private final Promise<Void> released = Promise.promise();
        private volatile long heardAt = System.nanoTime();
        private volatile boolean ending;

        private Lock(String id, Runnable interrupt, boolean ending) {
            this.id = id;
            this.interrupt = interrupt;
            this.ending = ending;
        }

        /** Records that bytes have arrived. */
        void heard() {
            heardAt = System.nanoTime();
        }

        /** Records that nothing more is expected from the connection. */
        void ending() {
            ending = true;
        }

        private boolean isSending() {
            return !ending && System.nanoTime() - heardAt < SILENT_NANOS;
        }

        void release() {
            held.remove(id, this);
            released.tryComplete();
        }
    }

    UploadLocks(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Locks an upload for a connection, interrupting a silent holder. Fails with {@code UPLOAD_LOCKED} while another connection is
     * sending.
     *
     * @param interrupt closes the connection; runs on any thread
     */
    Future<Lock> take(String id, Runnable interrupt) {
        return take(id, interrupt, false);
    }

    /** Locks an upload for a background task. Fails with {@code UPLOAD_LOCKED} while a connection is sending. */
    Future<Lock> take(String id) {
        return take(id, () -> {}, true);
    }

    private Future<Lock> take(String id, Runnable interrupt, boolean ending) {
        Lock other = held.get(id);
        return other != null && other.isSending() ? refuse() : seize(id, interrupt, ending);
    }

    /** Locks an upload for a background task, interrupting a connection that is sending. */
    Future<Lock> seize(String id) {
        return seize(id, () -> {}, true);
    }

    private Future<Lock> seize(String id, Runnable interrupt, boolean ending) {
        Lock other = held.get(id);
        if (other != null) {
            return ended(other).compose(free -> take(id, interrupt, ending));
        }
        Lock lock = new Lock(id, interrupt, ending);
        held.put(id, lock);
        return Future.succeededFuture(lock);
    }

    /**
     * Waits until the upload is unlocked: a short time if the holder is still sending. Interrupts a silent holder, and fails with
     * {@code UPLOAD_LOCKED} if it does not release the lock.
     */
    Future<Void> settled(String id) {
        @Nullable Lock other = held.get(id);
        if (other == null) {
            return Future.succeededFuture();
        }
        return other.isSending()
                ? Future.any(other.released.future(), vertx.timer(FAREWELL_SECONDS, TimeUnit.SECONDS))
                        .mapEmpty()
                : ended(other);
    }

    private Future<Void> ended(Lock lock) {
        if (!lock.ending) {
            lock.interrupt.run();
        }
        return Future.any(
                        lock.released.future(),
                        vertx.timer(PATIENCE_SECONDS, TimeUnit.SECONDS).compose(late -> UploadLocks.<Void>refuse()))
                .mapEmpty();
    }

    private static <T> Future<T> refuse() {
        return Future.failedFuture(new ServerException(ErrorCode.UPLOAD_LOCKED));
    }
}
