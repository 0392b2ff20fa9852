package io.verstak.server.blackbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Pushes as fast as it is answered, and sends each push again, unchanged, until it is acknowledged: so what it was told is
 * all in {@link #acknowledged}, and nothing else of it may be in the log than what is in {@link #sent}.
 */
final class LoadWriter {
    private static final int OPS_PER_PUSH = 5;
    private static final int PATIENCE_SECONDS = 180;

    private final IntSupplier port;
    private final String token;
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, OutboxOp> sent = new ConcurrentHashMap<>();
    private final Semaphore pushes = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "load-writer");
    private volatile boolean finishing;
    private volatile String broken = "";

    LoadWriter(IntSupplier port, String token) {
        this.port = port;
        this.token = token;
    }

    void start() {
        thread.start();
    }

    /** Waits for so many more pushes to be acknowledged. */
    void awaitAcknowledged(int count) throws InterruptedException {
        if (!pushes.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no acknowledgement in time " + broken);
        }
    }

    /** Lets the push under way be acknowledged, and ends. */
    void finish() throws InterruptedException {
        finishing = true;
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        if (thread.isAlive() || !broken.isEmpty()) {
            throw new AssertionError("a writer did not finish " + broken);
        }
    }

    /** Ids of the ops that the server has accepted, with the sequences that it named first. */
    Map<String, Long> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    Map<String, OutboxOp> sent() {
        return Map.copyOf(sent);
    }

    private void run() {
        while (!finishing && broken.isEmpty()) {
            List<OutboxOp> ops = new ArrayList<>();
            for (int i = 0; i < OPS_PER_PUSH; i++) {
                ops.add(OutboxOp.note("note-" + i, "text " + sent.size()));
            }
            ops.forEach(op -> sent.put(op.opId(), op));
            push(Request.post("/api/v1/sync/push", Desktop.pushBody(ops, 0).toString())
                    .bearer(token));
        }
    }

    /** A connection that fails is no answer: the server is being killed, or is on its way back. */
    private void push(Request request) {
        while (broken.isEmpty()) {
            try {
                Answer answer = Http.once(port.getAsInt(), request);
                if (answer.status() == 200) {
                    note(answer.json());
                    return;
                }
                if (answer.status() != 503) {
                    broken = answer.toString();
                }
            } catch (IOException down) {
                Thread.onSpinWait();
            }
        }
    }

    private void note(JsonNode answer) {
        JsonNode accepted = answer.required("accepted");
        for (int i = 0; i < accepted.size(); i++) {
            long sequence = answer.required("sequences").get(i).longValue();
            Long before = acknowledged.putIfAbsent(accepted.get(i).textValue(), sequence);
            if (before != null && before != sequence) {
                broken = "an op has two sequences: " + before + " and " + sequence;
            }
        }
        pushes.release();
    }
}
