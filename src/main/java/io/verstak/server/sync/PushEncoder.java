package io.verstak.server.sync;

import io.verstak.server.config.LimitsConfig;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.Payload;
import io.verstak.server.storage.log.Push;
import io.verstak.server.sync.PushRequest.PushedOp;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks a push and encodes its ops as the log stores them. Runs on the caller's thread, so that the single writer only
 * writes.
 *
 * <p>A refusal is kept with its op instead of being thrown: it applies only if the log does not hold the op already.
 */
final class PushEncoder {
    /** A retry of a push accepted under a higher limit may exceed the limit by this factor; a longer push is refused unread. */
    private static final long FAR_TOO_MANY = 10;

    private final Supplier<LimitsConfig> limits;

    PushEncoder(Supplier<LimitsConfig> limits) {
        this.limits = limits;
    }

    /** @throws ServerException for errors that no accepted push can have: bad fields outside of the ops */
    Push encode(DeviceIdentity device, PushRequest request, Buffer body) {
        String key = orEmpty(request.idempotencyKey());
        checkEnvelope(key, orEmpty(request.deviceId()));
        List<PushedOp> ops = request.ops() == null ? List.of() : request.ops();
        LimitsConfig now = limits.get();
        if (ops.size() > FAR_TOO_MANY * now.maxPushOperations()) {
            throw new ServerException(ErrorCode.TOO_MANY_OPERATIONS);
        }
        return new Push(
                device,
                key,
                key.isEmpty() ? "" : Sha256.of(body.getBytes()).hex(),
                encode(device, ops, now),
                ops.size() > now.maxPushOperations() ? new ServerException(ErrorCode.TOO_MANY_OPERATIONS) : null);
    }

    private static void checkEnvelope(String key, String deviceId) {
        if (OpCheck.tooLong(key, OpCheck.MAX_IDEMPOTENCY_KEY) || OpCheck.tooLong(deviceId, OpCheck.MAX_DEVICE_ID)) {
            throw new ServerException(ErrorCode.FIELD_TOO_LONG);
        }
        if (OpCheck.hasNul(key) || OpCheck.hasNul(deviceId)) {
            throw new ServerException(ErrorCode.INVALID_OPERATION);
        }
    }

    private List<EncodedOp> encode(DeviceIdentity device, List<PushedOp> ops, LimitsConfig now) {
        OpCodec form = new OpCodec();
        List<EncodedOp> encoded = new ArrayList<>(ops.size());
        for (PushedOp op : ops) {
            encoded.add(encode(device, op, form, now));
        }
        return encoded;
    }

    private EncodedOp encode(DeviceIdentity device, @Nullable PushedOp pushed, OpCodec form, LimitsConfig now) {
        PushedOp op = pushed == null ? new PushedOp(null, null, null, null, null, 0, 0, null) : pushed;
        OpCodec.Fields fields = new OpCodec.Fields(
                orEmpty(op.opId()),
                orEmpty(op.entityType()),
                orEmpty(op.entityId()),
                orEmpty(op.opType()),
                orEmpty(op.payloadJson()),
                orEmpty(op.createdAt()));
        ServerException refusal = OpCheck.fields(op, now);
        BlobReference blob = null;
        if (refusal == null) {
            try {
                blob = Payload.check(fields.entityType(), fields.payloadJson());
            } catch (ServerException e) {
                refusal = e;
            }
        }
        return form.form(device.deviceId(), fields, op.lastSeenServerSeq(), blob, refusal);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
