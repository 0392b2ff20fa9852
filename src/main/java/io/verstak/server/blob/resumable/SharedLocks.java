package io.verstak.server.blob.resumable;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.UploadLockStore;
import io.verstak.server.storage.blob.UploadLockStore.Held;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks on uploads among nodes: leases in the database, each taken for a lock of {@link UploadLocks}. A node that wants one which
 * another holds asks for it there. A holder that lives looks every {@value #LOOK_MILLIS} ms: it renews the lease, and closes a
 * connection that is silent; that of a dead one ends {@value UploadLockStore#ASKED_MILLIS} ms later. So a lease may end while its holder
 * only believes to have it: the generation then refuses what that one writes. Used on one event loop.
 */
final class SharedLocks {
    private static final Logger LOG = LoggerFactory.getLogger(SharedLocks.class);
    private static final long LOOK_MILLIS = 500;
    private static final long POLL_MILLIS = 250;
    /** How long to wait for a lease that was asked for. The lease of a dead node ends within this time. */
    private static final long PATIENCE_MILLIS = UploadLockStore.ASKED_MILLIS + POLL_MILLIS;
    /** How long to wait for one before the state of an upload is read. */
    private static final long FAREWELL_MILLIS = 1_000;

    private static final long RENEWED_BELOW_MILLIS = UploadLockStore.LIFE_MILLIS * 2 / 3;
    private static final int RETRY_SECONDS = 2;

    private final Vertx vertx;
    private final UploadLockStore store;
    private final Map<String, Entry> held = new HashMap<>();
    private boolean looking;

    /** What a lease is held for. Its methods are called on the event loop. */
    interface Holder {
        /** Returns whether bytes have just come. */
        boolean isSending();

        /** Closes the connection. */
        void interrupt();
    }

    private record Entry(long generation, Holder holder) {}

    SharedLocks(Vertx vertx, UploadLockStore store) {
        this.vertx = vertx;
        this.store = store;
    }

    /** Begins to renew leases. Runs on the event loop of the other methods. */
    void start() {
        vertx.setPeriodic(LOOK_MILLIS, tick -> look());
    }

    /** Takes a lease, asking its holder for it. Returns its generation. Fails with {@code UPLOAD_LOCKED} if the holder keeps it. */
    Future<Long> take(String id, Holder holder) {
        return within(PATIENCE_MILLIS, id, () -> store.take(id)).compose(taken -> kept(id, taken, holder));
    }

    /** Takes a lease if it is free. */
    Future<Long> takeFree(String id, Holder holder) {
        return store.take(id).compose(taken -> kept(id, taken, holder));
    }

    /** Takes a lease from its holder, which cannot change the upload any more. */
    Future<Long> seize(String id, Holder holder) {
        return store.seize(id).compose(taken -> kept(id, taken, holder));
    }

    private Future<Long> kept(String id, Optional<Long> taken, Holder holder) {
        taken.ifPresent(generation -> held.put(id, new Entry(generation, holder)));
        return taken.map(Future::succeededFuture)
                .orElseGet(
                        () -> Future.failedFuture(ServerException.retryAfter(ErrorCode.UPLOAD_LOCKED, RETRY_SECONDS)));
    }

    /** Waits a short time for the lease to end. */
    Future<Void> settled(String id) {
        return within(
                        FAREWELL_MILLIS,
                        id,
                        () -> store.ask(id).map(locked -> locked ? Optional.empty() : Optional.of(id)))
                .mapEmpty();
    }

    /** Tries again for some time, and asks the holder. Empty if all tries were. */
    private <T> Future<Optional<T>> within(long millis, String id, Supplier<Future<Optional<T>>> attempt) {
        return attempt.get().compose(result -> {
            if (result.isPresent() || millis <= 0) {
                return Future.succeededFuture(result);
            }
            return store.ask(id)
                    .compose(asked -> vertx.timer(POLL_MILLIS, TimeUnit.MILLISECONDS))
                    .compose(later -> within(millis - POLL_MILLIS, id, attempt));
        });
    }

    /** Gives a lease back. Never fails: what cannot be given back ends by itself. */
    Future<Void> release(String id, long generation) {
        Entry entry = held.get(id);
        if (entry != null && entry.generation() == generation) {
            held.remove(id);
        }
        return store.release(id, generation)
                .onFailure(failure -> LOG.debug("the lock of an upload ends by itself: {}", failure.getMessage()))
                .otherwiseEmpty();
    }

    private void look() {
        if (looking || held.isEmpty()) {
            return;
        }
        looking = true;
        Map<String, Entry> before = Map.copyOf(held);
        store.held()
                .compose(locks -> store.renew(seen(before, locks)))
                .onFailure(failure -> LOG.debug("locks of uploads are not renewed: {}", failure.getMessage()))
                .onComplete(done -> looking = false);
    }

    /** Interrupts those whose leases are lost, or wanted while nothing comes. Returns what is to be renewed. */
    private List<Held> seen(Map<String, Entry> before, List<Held> locks) {
        Map<String, Entry> lost = new HashMap<>(before);
        List<Held> due = new ArrayList<>();
        for (Held lock : locks) {
            Entry entry = lost.get(lock.uploadId());
            if (entry == null || entry.generation() != lock.generation()) {
                continue;
            }
            lost.remove(lock.uploadId());
            if (lock.isAsked() && !entry.holder().isSending()) {
                entry.holder().interrupt();
            }
            if (lock.millisLeft() < RENEWED_BELOW_MILLIS) {
                due.add(lock);
            }
        }
        lost.values().forEach(entry -> entry.holder().interrupt());
        return due;
    }
}
