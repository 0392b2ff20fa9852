package io.verstak.server.sync.wait;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.protocol.Sync;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What thousands of waits would take. */
class WaitingMemoryTest {
    private static final int PULLS = 400;
    private static final String PADDING = " ".repeat(60_000);
    private static final long ALLOWED_EACH = 32 << 10;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @Test
    void s39_a_pull_that_waits_does_not_hold_its_body() throws IOException {
        Desktop device = SERVER.pair("alice", "main");
        byte[] pull = Request.post(Sync.PULL, "{\"wait_seconds\":25}" + PADDING)
                .bearer(device.token())
                .bytes();
        List<Socket> waiting = new ArrayList<>();
        try (Http last = Http.connect(SERVER.port())) {
            long before = heap();
            for (int i = 0; i < PULLS; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port());
                waiting.add(socket);
                socket.getOutputStream().write(pull);
            }
            last.write(pull);
            assertThat(last.isSilentFor(Duration.ofSeconds(2))).isTrue();

            assertThat(leastHeap(before + PULLS * ALLOWED_EACH)).isLessThan(before + PULLS * ALLOWED_EACH);
            Sync.push(SERVER, device, OutboxOp.note("n", "text"));
            assertThat(last.read().json().required("ops")).hasSize(1);
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    /** Looks until so little is in use, while all of the pulls still wait: the last of their bodies may only now have been read. */
    private static long leastHeap(long enough) {
        long end = System.nanoTime() + LOOK_NANOS;
        long least = heap();
        while (least >= enough && System.nanoTime() < end) {
            least = Math.min(least, heap());
        }
        return least;
    }

    /** What is still in use after a collection. */
    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        runtime.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
