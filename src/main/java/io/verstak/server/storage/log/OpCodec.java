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
import java.security.DigestException;
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
    private final ByteBuffer scratch = ByteBuffer.allocate(Sha256.BYTES);
    private final ObjectBytes object = new ObjectBytes();

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
                opKey(op.opId()),
                entityKey(op.entityType(), op.entityId()),
                lastSeen,
                json(deviceId, op),
                blob,
                refusal);
    }

    /** Returns the key of an op: 64 bits of the SHA-256 of its id. */
    public long opKey(String opId) {
        return key(opId);
    }

    /** Returns the key of an entity: 64 bits of the SHA-256 of its type and id. */
    public long entityKey(String type, String id) {
        return key(type, id);
    }

    /** Returns the device's key: 64 bits of the SHA-256 of its id. */
    public static long deviceKey(String deviceId) {
        byte[] digest = Sha256.newDigest().digest(deviceId.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).getLong();
    }

    /**
     * Returns 64 bits of the SHA-256 of the fields: a short key for an index. Each field is preceded by its length, so that no two sets
     * of fields give the same input.
     */
    private long key(String... fields) {
        for (String field : fields) {
            byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
            sha256.update(scratch.putInt(0, bytes.length).array(), 0, Integer.BYTES);
            sha256.update(bytes);
        }
        try {
            sha256.digest(scratch.array(), 0, Sha256.BYTES);
        } catch (DigestException e) {
            throw new LinkageError("SHA-256 fills 32 bytes", e);
        }
        return scratch.getLong(0);
    }

    private byte[] json(String deviceId, Fields op) {
        object.reset();
        try (JsonGenerator json = JSON.createGenerator(object)) {
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
        return object.members();
    }

    /** The object of an op, written again and again. */
    private static final class ObjectBytes extends ByteArrayOutputStream {
        private static final int FIRST_BYTES = 1 << 10;

        ObjectBytes() {
            super(FIRST_BYTES);
        }

        /** Returns the bytes between the braces. */
        synchronized byte[] members() {
            return Arrays.copyOfRange(buf, 1, count - 1);
        }
    }
}
