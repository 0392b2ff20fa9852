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
public final class UploadLocks {
    /** Longer than a working disk takes to end an interrupted write. */
    private static final long PATIENCE_SECONDS = 10;

    /** Long enough for the server to notice that the previous connection of a returning client is gone. */
    private static final long FAREWELL_SECONDS = 1;

    private final Vertx vertx;
    private final Map<String, Lock> held = new HashMap<>();

    /** A lock on an upload, held until it is released. */
    final class Lock {
        private final String id;
        private final UploadSender holder;
        private final Promise<Void> released = Promise.promise();

        private Lock(String id, UploadSender holder) {
            this.id = id;
            this.holder = holder;
        }

        void release() {
            held.remove(id, this);
            released.tryComplete();
        }
    }

    public UploadLocks(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Locks an upload, taking it from a holder that has gone silent. Fails with {@code UPLOAD_LOCKED} while a client
     * sends to it.
     */
    Future<Lock> take(String id, UploadSender handle) {
        Lock other = held.get(id);
        return other != null && other.holder.isSending() ? refuse() : seize(id, handle);
    }

    /** Locks an upload even if a client is sending to it. */
    Future<Lock> seize(String id, UploadSender handle) {
        Lock other = held.get(id);
        if (other != null) {
            return ended(other).compose(free -> take(id, handle));
        }
        Lock lock = new Lock(id, handle);
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
        return other.holder.isSending()
                ? Future.any(other.released.future(), vertx.timer(FAREWELL_SECONDS, TimeUnit.SECONDS))
                        .mapEmpty()
                : ended(other);
    }

    private Future<Void> ended(Lock lock) {
        if (lock.holder.isAbandoned()) {
            lock.release();
        }
        lock.holder.interrupt();
        return Future.any(
                        lock.released.future(),
                        vertx.timer(PATIENCE_SECONDS, TimeUnit.SECONDS).compose(late -> UploadLocks.<Void>refuse()))
                .mapEmpty();
    }

    private static <T> Future<T> refuse() {
        return Future.failedFuture(new ServerException(ErrorCode.UPLOAD_LOCKED));
    }
}
