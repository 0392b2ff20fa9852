package io.verstak.server.storage.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
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
    private static final SerializableString OP_ID = new SerializedString("op_id");
    private static final SerializableString DEVICE_ID = new SerializedString("device_id");
    private static final SerializableString ENTITY_TYPE = new SerializedString("entity_type");
    private static final SerializableString ENTITY_ID = new SerializedString("entity_id");
    private static final SerializableString OP_TYPE = new SerializedString("op_type");
    private static final SerializableString PAYLOAD_JSON = new SerializedString("payload_json");
    private static final SerializableString CREATED_AT = new SerializedString("created_at");
    private static final int MOST_CHARS = 1 << 12;

    private final MessageDigest sha256 = Sha256.newDigest();
    private final ByteBuffer scratch = ByteBuffer.allocate(Sha256.BYTES);
    private final ObjectBytes object = new ObjectBytes();
    private char[] chars = {};

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
            write(json, OP_ID, op.opId());
            write(json, DEVICE_ID, deviceId);
            write(json, ENTITY_TYPE, op.entityType());
            write(json, ENTITY_ID, op.entityId());
            write(json, OP_TYPE, op.opType());
            write(json, PAYLOAD_JSON, op.payloadJson());
            write(json, CREATED_AT, op.createdAt());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return object.members();
    }

    /** The generator reads an array faster than a string. */
    private void write(JsonGenerator json, SerializableString name, String text) throws IOException {
        json.writeFieldName(name);
        int length = text.length();
        if (length > MOST_CHARS) {
            json.writeString(text);
            return;
        }
        if (length > chars.length) {
            chars = new char[length];
        }
        text.getChars(0, length, chars, 0);
        json.writeString(chars, 0, length);
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
