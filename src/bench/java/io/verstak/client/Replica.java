package io.verstak.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A device's copy of a vault: an outbox of changes that the server has not accepted yet, and the state of each entity
 * up to the cursor. A failure leaves both unchanged, so that the call can be repeated. Used by one thread.
 */
public final class Replica {
    private static final int BATCH = 100;

    private final SyncServer server;
    private final PairedDevice device;
    private final Map<String, Change> outbox = new LinkedHashMap<>();
    private final SortedMap<String, String> entities = new TreeMap<>();
    private long cursor;
    private long conflicts;

    /** An op as a pull shows it. */
    public record Pulled(
            long sequence,
            String deviceId,
            String entityType,
            String entityId,
            String opType,
            String payloadJson,
            String madeAt) {}

    public Replica(SyncServer server, PairedDevice device) {
        this.server = server;
        this.device = device;
    }

    public PairedDevice device() {
        return device;
    }

    public BlobTransfer blobs() {
        return new BlobTransfer(server, device);
    }

    /** Adds a change to the outbox; {@link #push} sends it. */
    public void change(Change change) {
        outbox.put(change.opId(), change);
    }

    /**
     * Pushes until the outbox is empty. An op leaves the outbox only when the server accepts it; the same op may be
     * sent twice.
     */
    public void push() throws IOException {
        int batch = BATCH;
        while (!outbox.isEmpty()) {
            try {
                push(outbox.values().stream().limit(batch).toList());
            } catch (RefusedException refusal) {
                if (!refusal.code().equals("too_many_operations") || batch == 1) {
                    throw refusal;
                }
                batch /= 2;
            }
        }
    }

    private void push(List<Change> changes) throws IOException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode ops = body.putArray("ops");
        changes.forEach(change -> ops.add(change.toJson(cursor)));
        JsonNode answer = server.call(device, "/api/v1/sync/push", body);
        answer.required("accepted").forEach(opId -> outbox.remove(opId.textValue()));
        conflicts += answer.required("conflicts").size();
        if (changes.stream().anyMatch(change -> outbox.containsKey(change.opId()))) {
            throw new IOException("a push that was accepted left an op out: " + answer.required("accepted"));
        }
    }

    /**
     * Pulls up to the head.
     *
     * @param wait how long to wait for an op when there is none, in whole seconds
     * @return the ops, in order
     */
    public List<Pulled> pull(Duration wait) throws IOException {
        List<Pulled> pulled = new ArrayList<>();
        long seconds = wait.toSeconds();
        boolean more = true;
        while (more) {
            ObjectNode body = JsonNodeFactory.instance
                    .objectNode()
                    .put("since_sequence", cursor)
                    .put("wait_seconds", seconds);
            more = apply(server.call(device, "/api/v1/sync/pull", body), pulled);
            seconds = 0;
        }
        return pulled;
    }

    private boolean apply(JsonNode page, List<Pulled> pulled) throws IOException {
        long before = cursor;
        for (JsonNode op : page.required("ops")) {
            Pulled next = new Pulled(
                    op.required("server_sequence").longValue(),
                    op.required("device_id").textValue(),
                    op.required("entity_type").textValue(),
                    op.required("entity_id").textValue(),
                    op.required("op_type").textValue(),
                    op.required("payload_json").textValue(),
                    op.required("created_at").textValue());
            if (next.sequence() <= cursor) {
                throw new IOException("a page does not ascend: " + next.sequence() + " behind " + cursor);
            }
            apply(next);
            pulled.add(next);
        }
        boolean more = page.required("has_more").booleanValue();
        if (more && cursor == before) {
            throw new IOException("there is said to be more, but nothing comes");
        }
        return more;
    }

    private void apply(Pulled op) {
        String entity = op.entityType() + ' ' + op.entityId();
        if (op.opType().equals(Change.DELETE)) {
            entities.remove(entity);
        } else {
            entities.put(entity, op.payloadJson());
        }
        cursor = op.sequence();
    }

    /** Returns the payload of each entity by type and id. */
    public SortedMap<String, String> entities() {
        return new TreeMap<>(entities);
    }

    /** Returns the sequence up to which everything is applied. */
    public long cursor() {
        return cursor;
    }

    /** Returns the number of changes that are not accepted yet. */
    public int waiting() {
        return outbox.size();
    }

    /** Returns the number of conflicts reported by pushes so far. */
    public long conflicts() {
        return conflicts;
    }
}
