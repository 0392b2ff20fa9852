package io.verstak.server.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Plays a desktop that is already installed somewhere: pushes its outbox in batches of 100, pulls to the head, and is as
 * strict with what it gets as they are. Used by one thread.
 */
public final class Desktop implements AutoCloseable {
    private static final int BATCH = 100;

    private final DesktopCalls calls;
    private final String deviceToken;
    private final Map<String, OutboxOp> outbox = new LinkedHashMap<>();
    private final List<PulledOp> applied = new ArrayList<>();
    private final List<PulledOp> ofOthers = new ArrayList<>();
    private final List<JsonNode> conflicts = new ArrayList<>();
    private String deviceId;
    private long cursor;

    private Desktop(DesktopCalls calls, String deviceId, String token) {
        this.calls = calls;
        this.deviceId = deviceId;
        this.deviceToken = token;
    }

    /** @param port asked for each connection */
    public static Desktop pair(IntSupplier port, String login, String password, String vaultId) {
        DesktopCalls calls = new DesktopCalls(port);
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("login", login)
                .put("password", password)
                .put("device_name", "desktop of " + login)
                .put("client_version", "1.0.0")
                .put("vault_id", vaultId);
        JsonNode paired = calls.json(Request.post("/api/client/pair", body.toString()));
        Desktop desktop = new Desktop(
                calls,
                paired.required("device_id").textValue(),
                paired.required("device_token").textValue());
        desktop.cursor = paired.required("initial_sync_cursor").longValue();
        return desktop;
    }

    /** A desktop that was paired before, perhaps with another server on the same data. */
    public static Desktop paired(IntSupplier port, String deviceId, String token, long cursor) {
        Desktop desktop = new Desktop(new DesktopCalls(port), deviceId, token);
        desktop.cursor = cursor;
        return desktop;
    }

    public String id() {
        return deviceId;
    }

    public String token() {
        return deviceToken;
    }

    /** The sequence up to which everything is applied. */
    public long cursor() {
        return cursor;
    }

    /** Asks the server who it is, and takes over the id of the answer, as each start does. */
    public Desktop askWhoIAm() {
        deviceId = calls.json(Request.get("/api/client/me").bearer(deviceToken))
                .required("device_id")
                .textValue();
        return this;
    }

    /** What it has pulled and not skipped as its own: these ops change what its user sees. */
    public List<PulledOp> ofOthers() {
        return List.copyOf(ofOthers);
    }

    /** What it has pulled, own ops included. */
    public List<PulledOp> applied() {
        return List.copyOf(applied);
    }

    /** What pushes have reported. */
    public List<JsonNode> conflicts() {
        return List.copyOf(conflicts);
    }

    public Set<String> outbox() {
        return Set.copyOf(outbox.keySet());
    }

    public Desktop make(OutboxOp op) {
        outbox.put(op.opId(), op);
        return this;
    }

    /** Pushes, then pulls: one round of syncing. */
    public Desktop sync() {
        push();
        return pull();
    }

    /** Pushes until the outbox is empty; an op leaves it only when the server names it. */
    public Desktop push() {
        int batch = BATCH;
        while (!outbox.isEmpty()) {
            List<OutboxOp> next = outbox.values().stream().limit(batch).toList();
            try {
                settle(next, call("/api/v1/sync/push", pushBody(next, cursor)));
            } catch (Refused refusal) {
                if (!refusal.code().equals("too_many_operations") || batch == 1) {
                    throw refusal;
                }
                batch /= 2;
            }
        }
        return this;
    }

    /** The body of a push as shipped desktops send it: without an idempotency key. */
    public static ObjectNode pushBody(List<OutboxOp> ops, long lastSeen) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode array = body.putArray("ops");
        ops.forEach(op -> array.add(op.toJson(lastSeen)));
        return body;
    }

    private void settle(List<OutboxOp> pushed, JsonNode answer) {
        Set<String> accepted = new HashSet<>();
        answer.required("accepted").forEach(opId -> accepted.add(opId.textValue()));
        answer.required("conflicts").forEach(conflicts::add);
        require(outbox.keySet().removeAll(accepted), "a push that was accepted empties the outbox", answer);
        require(
                pushed.stream().map(OutboxOp::opId).noneMatch(outbox::containsKey),
                "each op of an accepted push is accepted",
                answer);
    }

    /** Pulls until the server says that there is no more. */
    public Desktop pull() {
        for (boolean more = true; more; ) {
            ObjectNode body = JsonNodeFactory.instance
                    .objectNode()
                    .put("since_sequence", cursor)
                    .put("page_limit", 0);
            more = apply(call("/api/v1/sync/pull", body));
        }
        return this;
    }

    private boolean apply(JsonNode page) {
        long last = cursor;
        for (JsonNode op : page.required("ops")) {
            PulledOp pulled = PulledOp.of(op);
            require(pulled.serverSequence() > last, "a page ascends", page);
            last = pulled.serverSequence();
            applied.add(pulled);
            if (!pulled.deviceId().equals(deviceId)) {
                ofOthers.add(pulled);
            }
        }
        boolean more = page.required("has_more").booleanValue();
        require(page.required("page_last_sequence").longValue() == last, "a page names its last sequence", page);
        require(!more || last > cursor, "has_more comes with progress", page);
        cursor = last;
        return more;
    }

    public DesktopBlobs blobs() {
        return new DesktopBlobs(calls, deviceToken);
    }

    /** Revokes itself; the token is worth nothing afterwards. */
    public void revoke() {
        calls.json(Request.post("/api/client/revoke-current", "").bearer(deviceToken));
    }

    /** A call with a JSON body, with this device's token and tries. */
    public JsonNode call(String path, ObjectNode body) {
        return calls.json(Request.post(path, body.toString()).bearer(deviceToken));
    }

    private static void require(boolean holds, String what, JsonNode answer) {
        if (!holds) {
            throw new AssertionError(what + ": " + answer);
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
