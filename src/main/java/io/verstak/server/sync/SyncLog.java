package io.verstak.server.sync;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * The operation log of a scope, as the wire contract's section 3 has it. May be called on any context; the futures
 * complete there. Whoever gets an answer closes its
 * share once it is sent.
 */
public interface SyncLog {

    /**
     * Appends ops, all or none. Succeeds only when they would survive a power cut.
     *
     * <p>Refuses with {@code FIELD_TOO_LONG}, {@code INVALID_OPERATION}, {@code INVALID_PAYLOAD},
     * {@code INLINE_BINARY_FORBIDDEN}, {@code INVALID_BLOB_REFERENCE}, {@code BLOB_NOT_OWNED}, {@code TOO_MANY_OPERATIONS},
     * {@code PAYLOAD_TOO_LARGE}, {@code OP_ID_CONFLICT}, {@code IDEMPOTENCY_KEY_REUSED}, {@code STORAGE_FULL}, and
     * {@code UNAVAILABLE} when too much is waiting already.
     *
     * @param body the bytes that {@code request} was read from: they decide whether an idempotency key is used again
     */
    Future<LogAnswer> push(DeviceIdentity device, PushRequest request, Buffer body);

    /** Reads a piece of a log for an export: what lies above the cursor, some 256 KiB of it. Refuses with {@code UNAVAILABLE}. */
    Future<LogPiece> lines(Scope scope, long cursor);

    /** Reads the page above a cursor, at once. Refuses with {@code INVALID_REQUEST} for a negative number, and {@code UNAVAILABLE}. */
    Future<LogAnswer> pull(DeviceIdentity device, PullRequest request);

    /** The sequence of the scope's last op. Refuses with {@code UNAVAILABLE}. */
    Future<Long> head(DeviceIdentity device);
}
