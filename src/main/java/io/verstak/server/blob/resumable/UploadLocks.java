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
    /** Longer than a working disk takes to end an interrupted write. */
    private static final long PATIENCE_SECONDS = 10;

    /** Long enough for the server to notice that the previous connection of a returning client is gone. */
    private static final long FAREWELL_SECONDS = 1;

    /** A connection that has been silent this long may be gone: a returning client takes over. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Vertx vertx;
    private final Map<String, Lock> held = new HashMap<>();

    /** A lock on an upload, held until it is released on the event loop. The other methods are safe for any thread. */
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
     * Locks an upload for a connection that sends to it, or takes it from one that has gone silent. Fails with {@code
     * UPLOAD_LOCKED} while another one sends.
     *
     * @param interrupt closes the connection; runs on any thread
     */
    Future<Lock> take(String id, Runnable interrupt) {
        return take(id, interrupt, false);
    }

    /** Locks an upload for work of the server itself, unless a connection sends to it. */
    Future<Lock> take(String id) {
        return take(id, () -> {}, true);
    }

    private Future<Lock> take(String id, Runnable interrupt, boolean ending) {
        Lock other = held.get(id);
        return other != null && other.isSending() ? refuse() : seize(id, interrupt, ending);
    }

    /** Locks an upload for work of the server itself, even if a connection sends to it. */
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
     * Waits for a holder that is ending or has gone silent; for one that still sends, no longer than closing its
     * connection takes.
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
