package io.verstak.server.torture;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.history.Call;
import io.verstak.server.history.History;
import io.verstak.server.history.LogOp;
import io.verstak.server.history.Outcome;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Follows the log page by page, and now and then looks back. One that waits lets the server hold back an empty page. */
public final class Puller extends Client {
    private static final int LOOK_BACK = 300;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Scope scope;
    private final Device device;
    private final History history;
    private final Random random;
    private final int waitSeconds;
    private final AtomicInteger gaps = new AtomicInteger();
    private long cursor;

    Puller(Scope scope, History history, long seed) {
        this(scope, history, seed, 0);
    }

    /** @param waitSeconds for how long an empty page may be held back */
    public Puller(Scope scope, History history, long seed, int waitSeconds) {
        this.waitSeconds = waitSeconds;
        this.scope = scope;
        this.device = scope.device();
        this.history = history;
        this.random = new Random(seed);
        this.cursor = scope.past();
    }

    @Override
    protected void step() {
        if (!device.connected()) {
            return;
        }
        if (random.nextInt(50) == 0) {
            cursor = Math.max(0, cursor - random.nextInt(LOOK_BACK));
        }
        long invokedAt = System.nanoTime();
        Answer answer = device.send(Request.post(
                "/api/v1/sync/pull",
                "{\"since_sequence\":%s,\"page_limit\":0,\"wait_seconds\":%s}".formatted(cursor, waitSeconds)));
        if (answer == null || outcome(answer) != Outcome.OK) {
            return;
        }
        JsonNode page = answer.json();
        if (page.path("gap").booleanValue()) {
            gaps.incrementAndGet();
        }
        List<LogOp> ops = new ArrayList<>();
        page.required("ops").forEach(op -> ops.add(Digests.logged(op)));
        long last = page.required("page_last_sequence").longValue();
        history.add(new Call.Pull(
                scope.name(),
                cursor,
                invokedAt,
                System.nanoTime(),
                Outcome.OK,
                ops,
                last,
                page.required("has_more").booleanValue(),
                page.required("server_sequence").longValue()));
        cursor = last;
        done(1);
        if (ops.isEmpty() && waitSeconds == 0) {
            // There is nothing new: who asks at once again takes the processor from those who make it.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** How many pages said that the log skips numbers. */
    int gaps() {
        return gaps.get();
    }

    @Override
    protected Device device() {
        return device;
    }

    @Override
    protected void end() {
        device.close();
    }
}
