package io.verstak.server.storage.log;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ServerException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One push, stored completely or not at all.
 *
 * @param idempotencyKey empty when the client sent none
 * @param requestDigest SHA-256 of the request's body, in hexadecimal; empty without a key
 * @param ops in the order of their sequences
 * @param refusal why the push is refused if any of its ops is new
 * @param expectedHead the head that the log must have if any of its ops is new; {@link #ANY_HEAD}: whichever
 */
public record Push(
        DeviceIdentity device,
        String idempotencyKey,
        String requestDigest,
        List<EncodedOp> ops,
        @Nullable ServerException refusal,
        long expectedHead) {
    public static final long ANY_HEAD = -1;

    public Push {
        ops = List.copyOf(ops);
    }

    public Push(
            DeviceIdentity device,
            String idempotencyKey,
            String requestDigest,
            List<EncodedOp> ops,
            @Nullable ServerException refusal) {
        this(device, idempotencyKey, requestDigest, ops, refusal, ANY_HEAD);
    }

    /** Returns this push for a log with this head only. */
    public Push at(long head) {
        return new Push(device, idempotencyKey, requestDigest, ops, refusal, head);
    }

    /** Returns the approximate size of the push in memory and in the log, in bytes. */
    public long bytes() {
        long bytes = 256;
        for (EncodedOp op : ops) {
            bytes += op.json().length + 256;
        }
        return bytes;
    }
}
