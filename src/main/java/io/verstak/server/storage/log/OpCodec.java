package io.verstak.server.storage.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ServerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encodes ops as the log stores them. Every writer of ops uses this class, because a retry is recognized by the keys made here.
 * Checks nothing. Not safe for several threads.
 */
public final class OpCodec {
    private static final JsonFactory JSON = new JsonFactory();

    private final MessageDigest sha256 = Sha256.newDigest();

    /** The fields of an op as a desktop sent them; none is null. */
    public record Fields(
            String opId, String entityType, String entityId, String opType, String payloadJson, String createdAt) {}

    /**
     * Returns the op as the log stores it.
     *
     * @param deviceId the device that pushes it
     * @param lastSeen the sequence that the device had applied; 0 requests no conflicts
     */
    public EncodedOp form(
            String deviceId,
            Fields op,
            long lastSeen,
            @Nullable BlobReference blob,
            @Nullable ServerException refusal) {
        return new EncodedOp(
                op.opId(),
                key(op.opId()),
                key(op.entityType(), op.entityId()),
                lastSeen,
                json(deviceId, op),
                blob,
                refusal);
    }

    /** Returns the device's key: 64 bits of the SHA-256 of its id. */
    public static long deviceKey(String deviceId) {
        byte[] digest = Sha256.newDigest().digest(deviceId.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).getLong();
    }

    /** Returns 64 bits of a digest: a short key for an index. */
    private long key(String... fields) {
        return ByteBuffer.wrap(digest(fields)).getLong();
    }

    /** Returns the SHA-256 of the fields, each preceded by its length, so that no two sets of fields give the same input. */
    private byte[] digest(String... fields) {
        for (String field : fields) {
            byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
            sha256.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha256.update(bytes);
        }
        return sha256.digest();
    }

    private static byte[] json(String deviceId, Fields op) {
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(256 + op.payloadJson().length());
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("op_id", op.opId());
            json.writeStringField("device_id", deviceId);
            json.writeStringField("entity_type", op.entityType());
            json.writeStringField("entity_id", op.entityId());
            json.writeStringField("op_type", op.opType());
            json.writeStringField("payload_json", op.payloadJson());
            json.writeStringField("created_at", op.createdAt());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        byte[] object = out.toByteArray();
        return Arrays.copyOfRange(object, 1, object.length - 1);
    }
}
