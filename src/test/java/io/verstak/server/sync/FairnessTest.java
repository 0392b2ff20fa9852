package io.verstak.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.protocol.Sync;
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
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One vault's flood is no other vault's concern. */
class FairnessTest {
    private static final int FLOODERS = 16;
    private static final int QUIET_PUSHES = 60;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice").withUser("bob");

    @Test
    void s39_a_device_that_floods_its_vault_does_not_hold_up_another() throws Exception {
        Desktop flooder = SERVER.pair("bob", "main");
        Desktop quiet = SERVER.pair("alice", "main");
        AtomicBoolean enough = new AtomicBoolean();
        Queue<Duration> floodWaits = new ConcurrentLinkedQueue<>();
        Set<Integer> statuses = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(FLOODERS);
        List<CompletableFuture<Void>> floods = new ArrayList<>();
        for (int i = 0; i < FLOODERS; i++) {
            floods.add(CompletableFuture.runAsync(() -> flood(flooder, enough, statuses, floodWaits), threads));
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

        assertThat(middle(waits)).isLessThan(middle(floodWaits).multipliedBy(2));
        assertThat(waits).allMatch(wait -> wait.compareTo(LONGEST) < 0);
        assertThat(statuses).isSubsetOf(200, 503);
    }

    private static Duration middle(Collection<Duration> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    /** @param waits gets how long each accepted push took: a quiet vault's may take no longer, however slow the machine */
    private static void flood(
            Desktop flooder, AtomicBoolean enough, Set<Integer> statuses, Collection<Duration> waits) {
        try (Http http = Http.connect(SERVER.port())) {
            while (!enough.get()) {
                String body = Desktop.pushBody(Sync.notes(100), 0).toString();
                long begun = System.nanoTime();
                int status = http.send(Request.post(Sync.PUSH, body).bearer(flooder.token()))
                        .status();
                statuses.add(status);
                if (status == 200) {
                    waits.add(Duration.ofNanos(System.nanoTime() - begun));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
