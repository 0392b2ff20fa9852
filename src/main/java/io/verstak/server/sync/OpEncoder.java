package io.verstak.server.sync;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.verstak.server.config.LimitsConfig;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.NewOp;
import io.verstak.server.storage.Push;
import io.verstak.server.sync.PushRequest.PushedOp;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks a push and brings its ops into the form in which the log keeps them. Runs on the caller's thread, so that the
 * log's one writer only writes.
 *
 * <p>A refusal travels with its op instead of being thrown: whether it applies is known only once the log has been asked
 * whether it holds the op already.
 */
final class OpEncoder {
    private static final JsonFactory JSON = new JsonFactory();

    /** A push that was accepted under a higher limit may be this many times as long; a longer one is not even looked at. */
    private static final long FAR_TOO_MANY = 10;

    private final LimitsConfig limits;

    OpEncoder(LimitsConfig limits) {
        this.limits = limits;
    }

    /** @throws ServerException for what no accepted push can have had: bad fields outside of the ops */
    Push encode(DeviceIdentity device, PushRequest request, Buffer body) {
        String key = orEmpty(request.idempotencyKey());
        checkEnvelope(key, orEmpty(request.deviceId()));
        List<PushedOp> ops = request.ops() == null ? List.of() : request.ops();
        if (ops.size() > FAR_TOO_MANY * limits.maxPushOperations()) {
            throw new ServerException(ErrorCode.TOO_MANY_OPERATIONS);
        }
        return new Push(
                device,
                key,
                key.isEmpty() ? "" : Sha256.of(body.getBytes()).hex(),
                encode(device, ops),
                ops.size() > limits.maxPushOperations() ? new ServerException(ErrorCode.TOO_MANY_OPERATIONS) : null);
    }

    private static void checkEnvelope(String key, String deviceId) {
        if (OpCheck.tooLong(key, OpCheck.MAX_IDEMPOTENCY_KEY) || OpCheck.tooLong(deviceId, OpCheck.MAX_DEVICE_ID)) {
            throw new ServerException(ErrorCode.FIELD_TOO_LONG);
        }
        if (OpCheck.hasNul(key) || OpCheck.hasNul(deviceId)) {
            throw new ServerException(ErrorCode.INVALID_OPERATION);
        }
    }

    private List<NewOp> encode(DeviceIdentity device, List<PushedOp> ops) {
        MessageDigest sha256 = Sha256.newDigest();
        List<NewOp> encoded = new ArrayList<>(ops.size());
        for (PushedOp op : ops) {
            encoded.add(encode(device, op, sha256));
        }
        return encoded;
    }

    private NewOp encode(DeviceIdentity device, @Nullable PushedOp pushed, MessageDigest sha256) {
        PushedOp op = pushed == null ? new PushedOp(null, null, null, null, null, 0, 0, null) : pushed;
        ServerException refusal = OpCheck.fields(op, limits);
        BlobReference blob = null;
        if (refusal == null) {
            try {
                blob = Payload.check(orEmpty(op.entityType()), orEmpty(op.payloadJson()));
            } catch (ServerException e) {
                refusal = e;
            }
        }
        return new NewOp(
                orEmpty(op.opId()),
                key(sha256, op.opId()),
                key(sha256, op.entityType(), op.entityId()),
                op.lastSeenServerSeq(),
                digest(sha256, op.entityType(), op.entityId(), op.opType(), op.payloadJson(), op.createdAt()),
                json(device, op),
                blob,
                refusal);
    }

    /** 64 bits of a digest: a short key for an index. */
    private static long key(MessageDigest sha256, @Nullable String... fields) {
        return ByteBuffer.wrap(digest(sha256, fields)).getLong();
    }

    /** SHA-256 over the fields, each with its length before it, so that no two run together. */
    private static byte[] digest(MessageDigest sha256, @Nullable String... fields) {
        for (@Nullable String field : fields) {
            byte[] bytes = orEmpty(field).getBytes(StandardCharsets.UTF_8);
            sha256.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha256.update(bytes);
        }
        return sha256.digest();
    }

    private static byte[] json(DeviceIdentity device, PushedOp op) {
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(256 + orEmpty(op.payloadJson()).length());
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("op_id", orEmpty(op.opId()));
            json.writeStringField("device_id", device.deviceId());
            json.writeStringField("entity_type", orEmpty(op.entityType()));
            json.writeStringField("entity_id", orEmpty(op.entityId()));
            json.writeStringField("op_type", orEmpty(op.opType()));
            json.writeStringField("payload_json", orEmpty(op.payloadJson()));
            json.writeStringField("created_at", orEmpty(op.createdAt()));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        byte[] object = out.toByteArray();
        return Arrays.copyOfRange(object, 1, object.length - 1);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
