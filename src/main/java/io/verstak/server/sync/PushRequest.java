package io.verstak.server.sync;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a push as the client sent it. A missing or null field reads as empty. */
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
