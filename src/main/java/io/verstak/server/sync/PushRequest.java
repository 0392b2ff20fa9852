package io.verstak.server.sync;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a push, as a client sent it; a field that is missing or null is empty. */
public record PushRequest(
        @Nullable String idempotencyKey,
        @Nullable String deviceId,

        @JsonDeserialize(using = BoundedOps.class) @Nullable List<PushedOp> ops) {

    /** One op of a push. */
    public record PushedOp(
            @Nullable String opId,
            @Nullable String entityType,
            @Nullable String entityId,
            @Nullable String opType,
            @Nullable String payloadJson,
            long clientSequence,
            long lastSeenServerSeq,
            @Nullable String createdAt) {}
}
