package io.verstak.server.sync;

import io.verstak.server.domain.DeviceIdentity;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * The operation log of a scope, as described in section 3 of the wire contract. May be called on any context; futures complete
 * there. The caller closes an answer's share once the answer is sent.
 */
public interface SyncLog extends OpLines {

    /**
     * Appends all ops or none. Succeeds only when they would survive a power cut.
     *
     * <p>Refuses with {@code FIELD_TOO_LONG}, {@code INVALID_OPERATION}, {@code INVALID_PAYLOAD},
     * {@code INLINE_BINARY_FORBIDDEN}, {@code INVALID_BLOB_REFERENCE}, {@code BLOB_NOT_OWNED}, {@code TOO_MANY_OPERATIONS},
     * {@code PAYLOAD_TOO_LARGE}, {@code OP_ID_CONFLICT}, {@code IDEMPOTENCY_KEY_REUSED}, {@code STORAGE_FULL}, and
     * {@code UNAVAILABLE} when the queue is full.
     *
     * @param body the bytes of {@code request}; their digest decides whether an idempotency key is reused with another body
     */
    Future<LogAnswer> push(DeviceIdentity device, PushRequest request, Buffer body);

    /**
     * As {@link #push}, and refused with {@code CONFLICT} unless the log has this head: what was decided on what was read is then still
     * right.
     */
    Future<LogAnswer> pushAt(DeviceIdentity device, PushRequest request, long head);

    /** Reads the page above a cursor without waiting. Refuses with {@code INVALID_REQUEST} for a negative number, and {@code UNAVAILABLE}. */
    Future<LogAnswer> pull(DeviceIdentity device, PullRequest request);

    /** Returns the sequence of the scope's last op. Refuses with {@code UNAVAILABLE}. */
    Future<Long> head(DeviceIdentity device);
}
