package io.verstak.server.storage;

import io.verstak.server.domain.DeviceIdentity;
import java.util.List;

/**
 * The rows of the op logs: what every engine promises to {@code sync}, which groups the pushes and owns the threads.
 * All calls block.
 *
 * <ul>
 *   <li>Sequences of a scope grow by one with each op, in commit order, and only a recorded skip leaves a gap.
 *   <li>A committed op never changes or disappears, and nothing is ever inserted below a committed one.
 *   <li>What {@link #commit} reports as accepted survives a power cut.
 * </ul>
 */
public interface OpLog extends AutoCloseable {

    /**
     * Stores the pushes in one durable transaction, each wholly or not at all. Called by one thread at a time.
     *
     * @return one result per push in the same order, at least one, and fewer than there are pushes when their answers would
     *     take too much memory together; the rest is to be given again. A result is an answer, or the refusal of that push alone: {@code
     *     IDEMPOTENCY_KEY_REUSED}, {@code OP_ID_CONFLICT}, {@code BLOB_NOT_OWNED}, {@code INVALID_BLOB_REFERENCE}, or
     *     what the push's own check found
     * @throws io.verstak.server.error.ServerException {@code STORAGE_FULL} or {@code UNAVAILABLE} when nothing was stored
     */
    List<PushResult> commit(List<Push> pushes);

    /**
     * Reads ops above a cursor, with the head that the same snapshot shows. Safe for as many threads as the log has
     * readers; more of them wait.
     *
     * @param maxOps at most this many, at least 1
     * @param maxBytes of encoded ops; a page holds at least one op, however large
     */
    LogPage read(DeviceIdentity reader, long cursor, int maxOps, int maxBytes);

    /**
     * Reads ops above a cursor for an export, as {@link #read} does.
     *
     * @param maxBytes of encoded ops; there is at least one op, however large, if there are any
     */
    LogLines lines(long scopeId, long cursor, int maxBytes);

    /**
     * Makes the scope's next op come above a cursor that is beyond everything the scope has numbered: the cursor of a
     * device that is ahead of a restored log. Called by the thread of {@link #commit}.
     *
     * @return whether the counter had to be moved
     */
    boolean skipTo(DeviceIdentity device, long cursor);

    @Override
    void close();
}
