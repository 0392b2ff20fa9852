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
 */
public record Push(
        DeviceIdentity device,
        String idempotencyKey,
        String requestDigest,
        List<EncodedOp> ops,
        @Nullable ServerException refusal) {

    public Push {
        ops = List.copyOf(ops);
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
