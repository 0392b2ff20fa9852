package io.verstak.server.blob.resumable;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.StoredUpload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Locks uploads: one holder at a time, among all nodes if they share the bytes. Used on one event loop. */
final class UploadLocks {
    /** How long to wait for an interrupted holder. A healthy disk finishes its write sooner. */
    private static final long PATIENCE_SECONDS = 10;

    /** How long to wait for a sending holder: a reconnecting client's old connection is detected as closed within this time. */
    private static final long FAREWELL_SECONDS = 1;

    /** A reconnecting client may take the lock from a holder that has received nothing for this long. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Vertx vertx;
    private final Optional<SharedLocks> shared;
    private final Map<String, Lock> held = new HashMap<>();

    /** A lock on one upload. It is released on the event loop; the other methods are safe for any thread. */
    final class Lock implements SharedLocks.Holder {
        private final String id;
        private final Runnable interrupt;
        private final Promise<Void> released = Promise.promise();
        private volatile long heardAt = System.nanoTime();
        private volatile boolean ending;
        /** Of the lock among nodes; empty if there is none. */
        private volatile Optional<Long> generation = Optional.empty();

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

        @Override
        public boolean isSending() {
            return !ending && System.nanoTime() - heardAt < SILENT_NANOS;
        }

        @Override
        public void interrupt() {
            if (!ending) {
                interrupt.run();
            }
        }

        /** Returns whether the lock still holds for an upload that was read after it was taken. */
        boolean covers(StoredUpload upload) {
            return generation.isEmpty() || generation.get() == upload.generation();
        }

        /** The future never fails. When it is done, other nodes can lock the upload. */
        Future<Void> release() {
            held.remove(id, this);
            released.tryComplete();
            return shared.isPresent() && generation.isPresent()
                    ? shared.get().release(id, generation.get())
                    : Future.succeededFuture();
        }

        private Future<Lock> among(Function<SharedLocks, Future<Long>> taking) {
            return shared.isEmpty()
                    ? Future.succeededFuture(this)
                    : taking.apply(shared.get())
                            .map(taken -> {
                                generation = Optional.of(taken);
                                return this;
                            })
                            .onFailure(refused -> release());
        }
    }

    /** @param shared the locks of all nodes; empty if this node has the bytes of its uploads alone */
    UploadLocks(Vertx vertx, Optional<SharedLocks> shared) {
        this.vertx = vertx;
        this.shared = shared;
    }

    /** Begins to renew what is held among nodes. Runs on the event loop of the other methods. */
    void start() {
        shared.ifPresent(SharedLocks::start);
    }

    /**
     * Locks an upload for a connection, interrupting a silent holder. Fails with {@code UPLOAD_LOCKED} while another connection is
     * sending.
     *
     * @param interrupt closes the connection; runs on any thread
     */
    Future<Lock> take(String id, Runnable interrupt) {
        return take(id, interrupt, false).compose(lock -> lock.among(nodes -> nodes.take(id, lock)));
    }

    /** Locks an upload for a background task. Fails with {@code UPLOAD_LOCKED} while a connection is sending. */
    Future<Lock> take(String id) {
        return take(id, () -> {}, true).compose(lock -> lock.among(nodes -> nodes.takeFree(id, lock)));
    }

    private Future<Lock> take(String id, Runnable interrupt, boolean ending) {
        Lock other = held.get(id);
        return other != null && other.isSending() ? refuse() : seize(id, interrupt, ending);
    }

    /** Locks an upload for a background task, interrupting a connection that is sending. */
    Future<Lock> seize(String id) {
        return seize(id, () -> {}, true).compose(lock -> lock.among(nodes -> nodes.seize(id, lock)));
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
     * {@code UPLOAD_LOCKED} if it does not release the lock. Waits a short time for a holder on another node.
     */
    Future<Void> settled(String id) {
        return settledHere(id)
                .compose(settled -> shared.map(nodes -> nodes.settled(id)).orElseGet(Future::succeededFuture));
    }

    private Future<Void> settledHere(String id) {
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
        lock.interrupt();
        return Future.any(
                        lock.released.future(),
                        vertx.timer(PATIENCE_SECONDS, TimeUnit.SECONDS).compose(late -> UploadLocks.<Void>refuse()))
                .mapEmpty();
    }

    private static <T> Future<T> refuse() {
        return Future.failedFuture(new ServerException(ErrorCode.UPLOAD_LOCKED));
    }
}
