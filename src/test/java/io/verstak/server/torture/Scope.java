package io.verstak.server.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.history.Call;
import io.verstak.server.history.Outcome;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A vault under load, with the blobs that its uploaders know to be stored. */
final class Scope {
    static final String USER = "alice";
    static final String PASSWORD = "violet-harbour-42";

    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    private final PackagedServer server;
    private final String vault;
    private final long past;
    private final List<Blob> blobs = new CopyOnWriteArrayList<>();

    /** A stored blob. */
    record Blob(String sha256, int size) {}

    Scope(PackagedServer server, String vault) {
        this(server, vault, 0);
    }

    /** @param past the sequence from which on devices follow the log */
    Scope(PackagedServer server, String vault, long past) {
        this.server = server;
        this.vault = vault;
        this.past = past;
    }

    long past() {
        return past;
    }

    String name() {
        return vault;
    }

    /** A new device of this vault. */
    Device device() {
        try (Desktop desktop = Desktop.pair(server::port, USER, PASSWORD, vault)) {
            return new Device(server, desktop.id(), desktop.token());
        }
    }

    /** Pushes ops over a connection that stands, and returns what its device knows afterwards. */
    Call.Push push(Device device, List<OutboxOp> ops, long lastSeen) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode pushed = body.putArray("ops");
        ops.forEach(op -> pushed.add(op.toJson(lastSeen)));
        long invokedAt = System.nanoTime();
        Answer answer = device.send(Request.post("/api/v1/sync/push", body.toString()));
        long endedAt = System.nanoTime();
        Outcome outcome = Client.outcome(answer);
        JsonNode json = answer != null && outcome == Outcome.OK ? answer.json() : NOTHING;
        List<String> accepted = new ArrayList<>();
        List<Long> sequences = new ArrayList<>();
        List<Long> conflicts = new ArrayList<>();
        json.path("accepted").forEach(opId -> accepted.add(opId.textValue()));
        json.path("sequences").forEach(sequence -> sequences.add(sequence.longValue()));
        json.path("conflicts")
                .forEach(conflict ->
                        conflicts.add(conflict.required("server_sequence").longValue()));
        return new Call.Push(
                vault,
                device.id(),
                ops.stream().map(op -> Digests.sent(op, lastSeen)).toList(),
                invokedAt,
                endedAt,
                outcome,
                accepted,
                sequences,
                conflicts,
                json.path("server_sequence").longValue());
    }

    void stored(Blob blob) {
        blobs.add(blob);
    }

    List<Blob> blobs() {
        return blobs;
    }

    @Nullable
    Blob anyBlob(Random random) {
        int count = blobs.size();
        return count == 0 ? null : blobs.get(random.nextInt(count));
    }
}
