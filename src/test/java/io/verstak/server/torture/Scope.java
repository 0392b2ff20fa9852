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
import io.verstak.server.testkit.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** A vault under load, with the blobs that its uploaders know to be stored. */
public final class Scope {
    public static final String USER = "alice";
    public static final String PASSWORD = "violet-harbour-42";

    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    private final IntSupplier port;
    private final String vault;
    private final long past;
    private final List<Blob> blobs = new CopyOnWriteArrayList<>();

    /** A stored blob. */
    public record Blob(String sha256, int size) {}

    /** @param port asked for each connection */
    public Scope(IntSupplier port, String vault) {
        this(port, vault, 0);
    }

    /** @param past the sequence from which on devices follow the log */
    Scope(IntSupplier port, String vault, long past) {
        this.port = port;
        this.vault = vault;
        this.past = past;
    }

    long past() {
        return past;
    }

    public String name() {
        return vault;
    }

    /** A new device of this vault. */
    public Device device() {
        try (Desktop desktop = Desktop.pair(port, USER, PASSWORD, vault)) {
            return new Device(port, desktop.id(), desktop.token());
        }
    }

    /** Pushes ops over a connection that stands, and returns what its device knows afterwards. */
    public Call.Push push(Device device, List<OutboxOp> ops, long lastSeen) {
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

    public void stored(Blob blob) {
        blobs.add(blob);
    }

    List<Blob> blobs() {
        return blobs;
    }

    @Nullable
    public Blob anyBlob(Random random) {
        int count = blobs.size();
        return count == 0 ? null : blobs.get(random.nextInt(count));
    }
}
