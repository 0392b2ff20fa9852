package io.verstak.server.torture.nodes;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.torture.Device;
import io.verstak.server.torture.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How long after a push to one node a pull that waits at another one is answered. */
final class WakeTimes {
    private static final String VAULT = "wakes";
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final int PATIENCE_SECONDS = 120;

    private final PackagedCluster cluster;
    private final Map<Long, Long> wokenAt = new ConcurrentHashMap<>();

    WakeTimes(PackagedCluster cluster) {
        this.cluster = cluster;
    }

    /** Pushes so many times; returns the times from the answer of the push, and from its request. */
    List<Spread> measure(int pushes) {
        Device writer = device(0);
        Device reader = device(1);
        try (writer;
                reader) {
            Map<Long, long[]> pushed = new HashMap<>();
            long first = push(writer);
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> read(reader, first, first + pushes));
            for (int i = 0; i < pushes; i++) {
                LockSupport.parkNanos(PAUSE_NANOS);
                long begun = System.nanoTime();
                pushed.put(push(writer), new long[] {System.nanoTime(), begun});
            }
            reading.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
            List<Long> fromAnswer = new ArrayList<>();
            List<Long> fromRequest = new ArrayList<>();
            pushed.forEach((head, times) -> {
                long woken = wokenAt.getOrDefault(head, Long.MAX_VALUE);
                fromAnswer.add(TimeUnit.NANOSECONDS.toMillis(Math.max(0, woken - times[0])));
                fromRequest.add(TimeUnit.NANOSECONDS.toMillis(woken - times[1]));
            });
            return List.of(Spread.of(fromAnswer), Spread.of(fromRequest));
        }
    }

    /** A device of the vault that speaks with one node only. */
    private Device device(int node) {
        return new Scope(() -> cluster.port(node), VAULT).device();
    }

    private static long push(Device writer) {
        String op = OutboxOp.note("n", "text").toJson(0).toString();
        return json(writer, Request.post("/api/v1/sync/push", "{\"ops\":[" + op + "]}"))
                .required("server_sequence")
                .longValue();
    }

    private void read(Device reader, long from, long until) {
        for (long cursor = from; cursor < until; ) {
            JsonNode page = json(
                    reader,
                    Request.post("/api/v1/sync/pull", "{\"since_sequence\":" + cursor + ",\"wait_seconds\":25}"));
            long now = System.nanoTime();
            for (JsonNode op : page.required("ops")) {
                wokenAt.put(op.required("server_sequence").longValue(), now);
            }
            cursor = page.required("page_last_sequence").longValue();
        }
    }

    private static JsonNode json(Device device, Request request) {
        Answer answer = device.connected() ? device.send(request) : null;
        if (answer == null || answer.status() != 200) {
            throw new AssertionError("not answered: " + device.last());
        }
        return answer.json();
    }
}
