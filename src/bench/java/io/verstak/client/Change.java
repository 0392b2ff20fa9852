package io.verstak.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;

/**
 * An op made by a device.
 *
 * @param payloadJson the new state of the entity, as JSON
 * @param madeAt RFC 3339; returned unchanged by a pull
 */
public record Change(
        String opId, String entityType, String entityId, String opType, String payloadJson, String madeAt) {
    public static final String DELETE = "delete";

    /** Creates a change with a new id, made now. */
    public static Change of(String entityType, String entityId, String opType, String payloadJson) {
        return new Change(
                UUID.randomUUID().toString(),
                entityType,
                entityId,
                opType,
                payloadJson,
                Instant.now().toString());
    }

    ObjectNode toJson(long lastSeen) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("op_id", opId)
                .put("entity_type", entityType)
                .put("entity_id", entityId)
                .put("op_type", opType)
                .put("payload_json", payloadJson)
                .put("last_seen_server_seq", lastSeen)
                .put("created_at", madeAt);
    }
}
