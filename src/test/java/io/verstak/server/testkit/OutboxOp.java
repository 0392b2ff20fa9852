package io.verstak.server.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;

/** An op that a desktop has made and the server has not yet accepted. */
public record OutboxOp(
        String opId,
        String entityType,
        String entityId,
        String opType,
        String payloadJson,
        long clientSequence,
        String createdAt) {

    /** A change of a note, with an id of its own. */
    public static OutboxOp note(String entityId, String text) {
        String payload = JsonNodeFactory.instance.objectNode().put("text", text).toString();
        return new OutboxOp(
                UUID.randomUUID().toString(), "note", entityId, "update", payload, 1, "2026-11-22T10:00:00.123Z");
    }

    public OutboxOp ofType(String newOpType) {
        return new OutboxOp(opId, entityType, entityId, newOpType, payloadJson, clientSequence, createdAt);
    }

    public OutboxOp withId(String newOpId) {
        return new OutboxOp(newOpId, entityType, entityId, opType, payloadJson, clientSequence, createdAt);
    }

    public OutboxOp withPayload(String newPayload) {
        return new OutboxOp(opId, entityType, entityId, opType, newPayload, clientSequence, createdAt);
    }

    public OutboxOp on(String newEntityType, String newEntityId) {
        return new OutboxOp(opId, newEntityType, newEntityId, opType, payloadJson, clientSequence, createdAt);
    }

    /** @param lastSeen what the desktop has applied when it pushes, which may be more than when it made the op */
    public ObjectNode toJson(long lastSeen) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("op_id", opId)
                .put("entity_type", entityType)
                .put("entity_id", entityId)
                .put("op_type", opType)
                .put("payload_json", payloadJson)
                .put("client_sequence", clientSequence)
                .put("last_seen_server_seq", lastSeen)
                .put("created_at", createdAt);
    }
}
