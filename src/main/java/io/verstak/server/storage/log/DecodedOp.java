package io.verstak.server.storage.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.ServerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stored op with its payload, decoded from its JSON. */
public record DecodedOp(
        String opId,
        String deviceId,
        String entityType,
        String entityId,
        String opType,
        String payloadJson,
        String createdAt) {
    private static final byte[] OPEN = {'{'};
    private static final byte[] CLOSE = {'}'};
    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(1000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build());

    /**
     * @param members see {@link StoredOp#members}
     * @throws IllegalArgumentException if the log did not write them
     */
    public static DecodedOp parse(byte[] members) {
        try (InputStream object = new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(OPEN), new ByteArrayInputStream(members), new ByteArrayInputStream(CLOSE))))) {
            JsonNode op = JSON.readTree(object);
            return new DecodedOp(
                    text(op, "op_id"),
                    text(op, "device_id"),
                    text(op, "entity_type"),
                    text(op, "entity_id"),
                    text(op, "op_type"),
                    text(op, "payload_json"),
                    text(op, "created_at"));
        } catch (IOException notJson) {
            throw new IllegalArgumentException(notJson);
        }
    }

    private static String text(JsonNode op, String name) {
        JsonNode value = op.get(name);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value.textValue();
    }

    /** Returns whether the fields that must be equal in a retry are equal: all but the ids of op and device. */
    boolean sameContent(DecodedOp other) {
        return entityType.equals(other.entityType)
                && entityId.equals(other.entityId)
                && opType.equals(other.opType)
                && payloadJson.equals(other.payloadJson)
                && createdAt.equals(other.createdAt);
    }

    /** Returns the op encoded again, as the log should hold it. */
    public EncodedOp formed(OpCodec form) {
        return form.form(
                deviceId,
                new OpCodec.Fields(opId, entityType, entityId, opType, payloadJson, createdAt),
                0,
                blob(),
                null);
    }

    private @Nullable BlobReference blob() {
        try {
            return Payload.check(entityType, payloadJson);
        } catch (ServerException imported) {
            // The Go server may have accepted what this one refuses.
            return null;
        }
    }
}
