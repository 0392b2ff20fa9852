package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.resumable.Tus;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One of two nodes stops while devices sync through it. */
class DrainTest {
    private static final int DRAIN_SECONDS = 5;
    private static final int WRITERS = 6;
    private static final int WAITERS = 12;
    private static final String WAIT = "{\"since_sequence\":0,\"wait_seconds\":25}";

    private final ServerPair servers = ServerPair.start(Map.of("node.drainSeconds", String.valueOf(DRAIN_SECONDS)));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Long> waitsEnded = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() throws InterruptedException {
        stopped.set(true);
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        servers.close();
    }

    @Test
    void a_node_that_is_stopped_under_load_fails_no_request_and_loses_nothing() throws Exception {
        CountDownLatch busy = new CountDownLatch(WRITERS + WAITERS);
        List<Future<List<String>>> written = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String token = servers.newDevice("writer " + i);
            written.add(threads.submit(() -> write(token, busy)));
        }
        List<Future<Void>> waits = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            String token = servers.newDevice("waiter " + i);
            waits.add(threads.submit(i % 2 == 0 ? () -> listen(token, busy) : () -> pull(token, busy)));
        }
        assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
        while (servers.one().waiting() < WAITERS) {
            Thread.onSpinWait();
        }
        String last = servers.newDevice("last");
        Tus upload = new Tus(servers.other(), Desktop.paired(servers.other()::port, "last", last, 0));
        Tus begun = new Tus(servers.one(), upload.device());
        String unfinished = begun.create(10);
        assertThat(begun.append(unfinished, 0, new byte[4]).status()).isEqualTo(204);

        Future<?> stopping = threads.submit(servers::stopOne);
        Answer ready = untilNotReady();
        Answer push = servers.one().send(push(OutboxOp.note("n", "text"), last));

        assertThat(ready.json().required("reasons").get(0).textValue()).isEqualTo("draining");
        assertThat(ready.header("Retry-After")).isNotEmpty();
        assertThat(push.status()).isEqualTo(200);
        assertThat(push.header("Connection")).isEqualTo("close");
        while (!TestPostgres.rows(servers.access(), "SELECT name FROM nodes WHERE draining = 1")
                .contains("one")) {
            assertThat(stopping.isDone()).isFalse();
        }
        assertThat(TestPostgres.rows(
                        servers.access(),
                        "SELECT name FROM leases, database_clock WHERE until > millis AND holder LIKE 'one %'"))
                .isEmpty();
        for (Future<Void> wait : waits) {
            wait.get(60, TimeUnit.SECONDS);
        }
        stopping.get(60, TimeUnit.SECONDS);
        stopped.set(true);

        assertThat(upload.append(unfinished, 4, new byte[6]).status()).isEqualTo(204);
        assertThat(TestPostgres.rows(servers.access(), "SELECT name FROM nodes"))
                .containsExactly("other");
        long spread = waitsEnded.stream().mapToLong(Long::longValue).max().orElseThrow()
                - waitsEnded.stream().mapToLong(Long::longValue).min().orElseThrow();
        assertThat(TimeUnit.NANOSECONDS.toMillis(spread)).isGreaterThan(DRAIN_SECONDS * 500L);
        for (int i = 0; i < WRITERS; i++) {
            List<String> accepted = written.get(i).get(60, TimeUnit.SECONDS);
            try (Desktop reader = Desktop.paired(
                    servers.other()::port, "reader " + i, servers.newDeviceOf("reader " + i, "writer " + i), 0)) {
                assertThat(reader.pull().applied()).extracting(PulledOp::opId).containsExactlyElementsOf(accepted);
            }
        }
    }

    private Answer untilNotReady() {
        for (Answer ready = servers.one().send(Request.get("/readyz")); ; ) {
            if (ready.status() == 503) {
                return ready;
            }
            ready = servers.one().send(Request.get("/readyz"));
        }
    }

    /** Pushes one op after the other until the node has stopped, and some more. Returns the ids of what was accepted. */
    private List<String> write(String token, CountDownLatch busy) throws Exception {
        List<String> accepted = new ArrayList<>();
        try (FailoverClient client =
                new FailoverClient(servers.one().port(), servers.other().port())) {
            int one = client.port();
            for (int more = 10; more > 0; more -= stopped.get() ? 1 : 0) {
                OutboxOp op = OutboxOp.note("n" + accepted.size(), "text");
                client.send(push(op, token));
                accepted.add(op.opId());
                busy.countDown();
            }
            assertThat(client.port()).isNotEqualTo(one);
        }
        return accepted;
    }

    private static Request push(OutboxOp op, String token) {
        return Request.post(
                        "/api/v1/sync/push", Desktop.pushBody(List.of(op), 0).toString())
                .bearer(token);
    }

    /** Reads a stream until the node ends it, and opens one at the other. */
    private Void listen(String token, CountDownLatch busy) {
        try (EventReader stream = EventReader.open(servers.one(), token)) {
            assertThat(stream.head()).isZero();
            busy.countDown();
            List<String> rest = stream.rest();
            waitsEnded.add(System.nanoTime());
            assertThat(rest).contains("retry: 1000");
        }
        try (EventReader stream = EventReader.open(servers.other(), token)) {
            assertThat(stream.head()).isZero();
        }
        return null;
    }

    /** Waits until the node ends the pull, and pulls from the other. */
    private Void pull(String token, CountDownLatch busy) throws Exception {
        busy.countDown();
        Answer ended =
                servers.one().send(Request.post("/api/v1/sync/pull", WAIT).bearer(token));
        waitsEnded.add(System.nanoTime());
        assertThat(ended.status()).isEqualTo(503);
        assertThat(ended.header("Retry-After")).isEqualTo("1");
        assertThat(servers.other()
                        .send(Request.post("/api/v1/sync/pull", "{\"since_sequence\":0}")
                                .bearer(token))
                        .status())
                .isEqualTo(200);
        return null;
    }
}
