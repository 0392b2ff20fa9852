package io.verstak.server.sync;

import io.verstak.server.config.LimitsConfig;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.sync.PushRequest.PushedOp;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Checks the fields of one op against their limits. */
final class OpCheck {
    private static final int MAX_OP_ID = 128;
    private static final int MAX_ENTITY_TYPE = 64;
    private static final int MAX_ENTITY_ID = 4096;
    private static final int MAX_OP_TYPE = 64;
    /** RFC 3339 needs 35 bytes. The contract names no limit; this one keeps the field from becoming a second payload. */
    private static final int MAX_CREATED_AT = 4096;

    static final int MAX_IDEMPOTENCY_KEY = 128;
    static final int MAX_DEVICE_ID = 128;

    private OpCheck() {}

    /** Returns the first error of the op, or null. */
    static @Nullable ServerException fields(PushedOp op, LimitsConfig limits) {
        if (tooLong(op.opId(), MAX_OP_ID)
                || tooLong(op.entityType(), MAX_ENTITY_TYPE)
                || tooLong(op.entityId(), MAX_ENTITY_ID)
                || tooLong(op.opType(), MAX_OP_TYPE)
                || tooLong(op.createdAt(), MAX_CREATED_AT)) {
            return new ServerException(ErrorCode.FIELD_TOO_LONG);
        }
        if (blank(op.opId())
                || blank(op.entityType())
                || blank(op.entityId())
                || blank(op.opType())
                || op.clientSequence() < 0
                || op.lastSeenServerSeq() < 0
                || hasNul(op.opId())
                || hasNul(op.entityType())
                || hasNul(op.entityId())
                || hasNul(op.opType())
                || hasNul(op.payloadJson())
                || hasNul(op.createdAt())) {
            return new ServerException(ErrorCode.INVALID_OPERATION);
        }
        return tooLong(op.payloadJson(), limits.maxPayloadJson())
                ? new ServerException(ErrorCode.PAYLOAD_TOO_LARGE)
                : null;
    }

    /** Returns whether the text is longer in UTF-8 than allowed; encodes it only when its length leaves that open. */
    static boolean tooLong(@Nullable String text, int maxBytes) {
        if (text == null || text.length() * 3L <= maxBytes) {
            return false;
        }
        return text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes;
    }

    static boolean hasNul(@Nullable String text) {
        return text != null && text.indexOf('\0') >= 0;
    }

    private static boolean blank(@Nullable String text) {
        return text == null || text.isBlank();
    }
}
