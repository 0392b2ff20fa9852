package io.verstak.server.storage.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.verstak.server.storage.log.ConflictWalk.Conflict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Builds the answer to a push. */
final class PushAnswer {
    private static final JsonFactory JSON = new JsonFactory();

    /** Conflicts are reported up to this many bytes; the push is accepted either way. */
    private static final long MAX_CONFLICT_BYTES = 4 << 20;

    private static final int FRAME_BYTES = 256;

    private long conflictBytes;
    private final List<String> opIds = new ArrayList<>();
    private final List<Long> sequences = new ArrayList<>();
    private final List<Conflict> conflicts = new ArrayList<>();

    void accepted(String opId, long sequence) {
        opIds.add(opId);
        sequences.add(sequence);
    }

    /** Adds the conflicts of one op. Returns false when the answer has no room for more. */
    boolean conflicts(List<Conflict> found) {
        conflicts.addAll(found);
        for (Conflict conflict : found) {
            conflictBytes += FRAME_BYTES + conflict.op().entityId().length();
        }
        return conflictBytes < MAX_CONFLICT_BYTES;
    }

    byte[] json(long head, String logId) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256 + 64 * opIds.size());
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("accepted");
            for (String opId : opIds) {
                json.writeString(opId);
            }
            json.writeEndArray();
            json.writeNumberField("count", opIds.size());
            json.writeArrayFieldStart("conflicts");
            for (Conflict conflict : conflicts) {
                write(json, conflict);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("sequences");
            for (long sequence : sequences) {
                json.writeNumber(sequence);
            }
            json.writeEndArray();
            json.writeNumberField("server_sequence", head);
            json.writeStringField("log_id", logId);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Conflict conflict) throws IOException {
        OpHeader op = conflict.op();
        json.writeStartObject();
        json.writeStringField("op_id", op.opId());
        json.writeStringField("device_id", op.deviceId());
        json.writeStringField("op_type", op.opType());
        json.writeNumberField("server_sequence", conflict.sequence());
        json.writeStringField("entity_type", op.entityType());
        json.writeStringField("entity_id", op.entityId());
        json.writeEndObject();
    }
}
