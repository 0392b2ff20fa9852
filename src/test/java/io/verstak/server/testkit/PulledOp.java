package io.verstak.server.testkit;

import com.fasterxml.jackson.databind.JsonNode;

/** An op as a pull shows it. */
public record PulledOp(
        String opId,
        long serverSequence,
        String deviceId,
        String entityType,
        String entityId,
        String opType,
        String payloadJson,
        String createdAt) {

    /** Reads an op of a page; every field must be there. */
    public static PulledOp of(JsonNode op) {
        return new PulledOp(
                op.required("op_id").textValue(),
                op.required("server_sequence").longValue(),
                op.required("device_id").textValue(),
                op.required("entity_type").textValue(),
                op.required("entity_id").textValue(),
                op.required("op_type").textValue(),
                op.required("payload_json").textValue(),
                op.required("created_at").textValue());
    }
}
