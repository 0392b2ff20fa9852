package io.verstak.server.torture;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.domain.Sha256;
import io.verstak.server.history.LogOp;
import io.verstak.server.history.SentOp;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ops as the checker of histories takes them: what matters of each, in a few bytes. */
final class Digests {
    private static final Pattern BLOB = Pattern.compile("^\\{\"blob\":\\{\"sha256\":\"([0-9a-f]{64})\"");
    private static final int HEX_DIGITS = 16;

    private Digests() {}

    static SentOp sent(OutboxOp op, long lastSeen) {
        return new SentOp(
                op.opId(),
                entity(op.entityType(), op.entityId()),
                content(op.opType(), op.payloadJson(), op.createdAt()),
                lastSeen);
    }

    static LogOp logged(JsonNode json) {
        PulledOp op = PulledOp.of(json);
        return new LogOp(
                op.serverSequence(),
                op.opId(),
                op.deviceId().intern(),
                entity(op.entityType(), op.entityId()),
                content(op.opType(), op.payloadJson(), op.createdAt()),
                blob(op.payloadJson()));
    }

    private static String entity(String type, String id) {
        return (type + '\0' + id).intern();
    }

    private static String content(String opType, String payload, String createdAt) {
        byte[] bytes = String.join("\0", opType, payload, createdAt).getBytes(StandardCharsets.UTF_8);
        return Sha256.of(bytes).hex().substring(0, HEX_DIGITS);
    }

    private static @Nullable String blob(String payload) {
        Matcher matcher = BLOB.matcher(payload);
        return matcher.find() ? matcher.group(1) : null;
    }
}
