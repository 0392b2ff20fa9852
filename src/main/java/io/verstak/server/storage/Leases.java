package io.verstak.server.storage;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The rights to do background work that only one process may do at a time: the clean-up, a backup into a folder. Safe for any thread;
 * futures complete on the caller's context.
 *
 * <p>A lease orders work, it does not guard data: a holder that is cut off may learn that its lease is lost only after another one
 * has begun. So the work stays right when two do it at once, and is done in slices between which the holder asks {@link Lease#isHeld}.
 */
public interface Leases {

    /** A right that was taken. */
    interface Lease {
        /** Returns false once the lease is released or lost; the holder then stops its work. Does not block. */
        boolean isHeld();

        /**
         * Gives the right back: anyone can take it when the future is done, which never fails. Releasing a lease twice, or one that
         * was lost, changes nothing.
         */
        Future<Void> release();

        /** Does work on these items, one after the other, as long as the lease is held. Fails with the first that fails. */
        default <T> Future<Void> whileHeld(List<T> items, Function<T, Future<Void>> work) {
            Future<Void> before = Future.succeededFuture();
            for (T item : items) {
                before = before.compose(done -> isHeld() ? work.apply(item) : Future.succeededFuture());
            }
            return before;
        }
    }

    /**
     * Takes the lease of this name, without waiting for it. Empty while it is held, by this process or another one. The lease of a
     * process that has ended, however that came, or of a node that is cut off, is free within 15 seconds.
     *
     * <p>Fails with {@code UNAVAILABLE} when the holder cannot be found out.
     */
    Future<Optional<Lease>> take(String name);

    /**
     * Gives back all leases of this process and takes no more, since it is about to end: another one does its work at once. Never fails.
     * Leases of a data directory are left to their holders.
     */
    default Future<Void> giveBack() {
        return Future.succeededFuture();
    }

    /** Does the work and releases the lease when it ends. Empty, without the work, while the lease is held; or for a result of null. */
    default <T> Future<Optional<T>> under(String name, Function<Lease, Future<T>> work) {
        return take(name).compose(taken -> {
            if (taken.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            Lease lease = taken.get();
            return Future.succeededFuture(lease)
                    .compose(work)
                    .map(Optional::ofNullable)
                    .eventually(lease::release);
        });
    }
}
