package io.verstak.server.storage.log;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import java.io.Serial;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The stored op logs: the contract of every engine towards {@code sync}, which groups the pushes and owns the threads. All
 * calls block.
 *
 * <ul>
 *   <li>Sequences of a scope grow by one with each op, in commit order; only a recorded skip leaves a gap.
 *   <li>A committed op never changes or disappears, and nothing is ever inserted below a committed one.
 *   <li>A push that {@link #commit} reports as accepted survives a power cut.
 * </ul>
 */
public interface OpLog extends AutoCloseable {
    /** The highest sequence that a log can have: 2^40 - 1. */
    long MAX_SEQUENCE = (1L << 40) - 1;

    /** Opens the log of an engine. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens the log. Blocks while it opens its connections.
         *
         * @param readers the number of pages that can be read at once
         * @param answersKept how long a push with an idempotency key is answered as the first time
         */
        OpLog open(int readers, Clock clock, Duration answersKept);
    }

    /**
     * A transaction failed, and one of its pushes may be the reason: the others succeed without it. The cause is what the push is refused
     * with if it was alone.
     */
    final class PushFaultException extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final RuntimeException failure;

        public PushFaultException(RuntimeException failure) {
            super(failure);
            this.failure = failure;
        }

        /** Returns what the push is refused with if it was alone. */
        public RuntimeException failure() {
            return failure;
        }
    }

    /**
     * Returns how many calls of {@link #commit}, {@link #tryCommit} and the skips may run at once, each for other scopes. Several: other
     * nodes write to the log, too, and the last one is for scopes that others were not to wait for.
     */
    default int lanes() {
        return 1;
    }

    /**
     * Stores the pushes in one durable transaction, each completely or not at all. Waits a moment for scopes that another node is
     * writing to; if that is not enough, all pushes are {@code Postponed}.
     *
     * @return one result per push, in the same order. At least one, and fewer than there are pushes when their answers would take
     *     too much memory together; the caller submits the rest again. A result is an answer, or the refusal of that push alone:
     *     {@code IDEMPOTENCY_KEY_REUSED}, {@code OP_ID_CONFLICT}, {@code BLOB_NOT_OWNED}, {@code INVALID_BLOB_REFERENCE}, the
     *     refusal found when the push was encoded, {@code UNAUTHORIZED} when the vault is gone, or what a device is told that another
     *     node has revoked or blocked
     * @throws io.verstak.server.error.ServerException {@code STORAGE_FULL} or {@code UNAVAILABLE} when nothing was stored, and no push
     *     would fare better alone
     * @throws PushFaultException when nothing was stored, and one of the pushes may be the reason
     */
    List<PushResult> commit(List<Push> pushes);

    /** As {@link #commit}, but does not wait: pushes to scopes that another node is writing to are {@code Postponed}, the others stored. */
    default List<PushResult> tryCommit(List<Push> pushes) {
        return commit(pushes);
    }

    /**
     * Does a piece of the log's own upkeep, which takes some milliseconds. Called by a thread of {@link #commit}, after a group was
     * answered. A failure is logged and changes nothing.
     *
     * @return whether there is more to do
     */
    boolean upkeep();

    /**
     * Reads ops above a cursor, with the head from the same snapshot. Safe for any thread; calls beyond the number of readers
     * wait. Refuses a device that another node has revoked or blocked.
     *
     * @param maxOps the largest number of ops, at least 1
     * @param maxBytes the limit of encoded ops in bytes; a page holds at least one op, however large
     */
    LogPage read(DeviceIdentity reader, long cursor, int maxOps, int maxBytes);

    /**
     * Reads ops above a cursor for an export, as {@link #read} does.
     *
     * @param maxBytes the limit of encoded ops in bytes; at least one op is returned, however large, if there is one
     */
    ExportChunk lines(long scopeId, long cursor, int maxBytes);

    /**
     * Moves the scope's counter so that its next op is numbered above the cursor of a device that is ahead of a restored log.
     * Called by a thread of {@link #commit}. Waits a moment for a scope that another node is writing to.
     *
     * @return whether the counter was moved
     * @throws io.verstak.server.error.ServerException {@code UNAVAILABLE} when that was not enough
     */
    boolean skipTo(DeviceIdentity device, long cursor);

    /**
     * As {@link #skipTo}, but empty if another node is writing to the scope.
     *
     * @param waits for that node, a moment
     */
    default Optional<Boolean> trySkipTo(DeviceIdentity device, long cursor, boolean waits) {
        return Optional.of(skipTo(device, cursor));
    }

    @Override
    void close();
}
