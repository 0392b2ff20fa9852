package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One vault's flood is no other vault's concern. */
class FairnessTest {
    private static final int FLOODERS = 16;
    private static final int QUIET_PUSHES = 60;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice").withUser("bob");

    @Test
    void s39_a_device_that_floods_its_vault_does_not_hold_up_another() throws Exception {
        Desktop flooder = SERVER.pair("bob", "main");
        Desktop quiet = SERVER.pair("alice", "main");
        AtomicBoolean enough = new AtomicBoolean();
        Set<Integer> statuses = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(FLOODERS);
        List<CompletableFuture<Void>> floods = new ArrayList<>();
        for (int i = 0; i < FLOODERS; i++) {
            floods.add(CompletableFuture.runAsync(() -> flood(flooder, enough, statuses), threads));
        }

        List<Duration> waits = new ArrayList<>();
        try (Http http = Http.connect(SERVER.port())) {
            for (int i = 0; i < QUIET_PUSHES; i++) {
                Request push = Request.post(
                                Sync.PUSH,
                                Desktop.pushBody(List.of(OutboxOp.note("n", "")), 0)
                                        .toString())
                        .bearer(quiet.token());
                long begun = System.nanoTime();
                assertThat(http.send(push).status()).isEqualTo(200);
                waits.add(Duration.ofNanos(System.nanoTime() - begun));
            }
        }
        enough.set(true);
        floods.forEach(CompletableFuture::join);
        threads.shutdown();

        List<Duration> sorted = waits.stream().sorted().toList();
        assertThat(sorted.get(QUIET_PUSHES / 2)).isLessThan(Duration.ofMillis(500));
        assertThat(sorted.get(QUIET_PUSHES - 1)).isLessThan(Duration.ofSeconds(5));
        assertThat(statuses).isSubsetOf(200, 503);
    }

    private static void flood(Desktop flooder, AtomicBoolean enough, Set<Integer> statuses) {
        try (Http http = Http.connect(SERVER.port())) {
            while (!enough.get()) {
                String body = Desktop.pushBody(Sync.notes(100), 0).toString();
                statuses.add(http.send(Request.post(Sync.PUSH, body).bearer(flooder.token()))
                        .status());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
