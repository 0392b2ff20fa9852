package io.verstak.server.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What an op of the log says of itself, read back from the JSON that it is stored as. */
record StoredOp(
        @JsonProperty("op_id") String opId,
        @JsonProperty("device_id") String deviceId,
        @JsonProperty("entity_type") String entityType,
        @JsonProperty("entity_id") String entityId,
        @JsonProperty("op_type") String opType) {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** @param members the column {@code json}: an object's members without its braces */
    static StoredOp parse(byte[] members) {
        try {
            return MAPPER.readValue("{" + new String(members, StandardCharsets.UTF_8) + "}", StoredOp.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the log holds what it was given", e);
        }
    }

    boolean sameEntity(StoredOp other) {
        return entityType.equals(other.entityType) && entityId.equals(other.entityId);
    }
}
