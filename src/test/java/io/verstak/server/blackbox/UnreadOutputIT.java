package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Refused;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process whose standard output is a pipe that nobody reads. */
class UnreadOutputIT {
    private static final Pattern DROPPED = Pattern.compile("(?m)^verstak_log_lines_dropped_total ([0-9.E]+)$");
    private static final String LONG_PATH = "/" + "unread".repeat(30);
    private static final int ENOUGH = 100_000;
    private static final String PASSWORD = "violet-harbour-42";

    /** Docker kills after ten seconds; a build's machine may be slow. A caller that waits for the output waits for ever. */
    private static final Duration GONE = Duration.ofSeconds(20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void nobody_waits_for_an_output_that_nobody_reads() throws Exception {
        int metrics = FreePort.any();
        Path data = folder.resolve("data");
        List<String> settings =
                List.of("env", "VERSTAK_LOG_REQUESTS=true", "VERSTAK_METRICS_LISTEN=127.0.0.1:" + metrics);
        try (PackagedServer server = PackagedServer.startUnread(settings, data)) {
            fill(server.port(), metrics);
            server.addUser("anna", PASSWORD);

            Desktop desktop = Desktop.pair(server::port, "anna", PASSWORD, "v");
            desktop.make(OutboxOp.note("n", "text")).push();
            assertThat(desktop.pull().applied()).hasSize(1);
            assertThat(wrongPassword(server)).isEqualTo(401);
            assertThat(status(server, "/readyz")).isEqualTo(200);
            assertThat(status(server, "/admin/login")).isEqualTo(200);
            assertThat(status(server, "/login")).isEqualTo(200);

            long begun = System.nanoTime();
            server.terminate();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(GONE);
        }
    }

    /** Until the pipe and the queue before it are full: lines are dropped then, and counted. */
    private static void fill(int port, int metrics) throws IOException {
        try (Http http = Http.connect(port)) {
            for (int sent = 0; dropped(metrics) == 0; sent += 1000) {
                assertThat(sent).as("requests without a line dropped").isLessThan(ENOUGH);
                for (int i = 0; i < 1000; i++) {
                    http.send(Request.get(LONG_PATH));
                }
            }
        }
    }

    private static double dropped(int metrics) throws IOException {
        Matcher line =
                DROPPED.matcher(Http.once(metrics, Request.get("/metrics")).text());
        assertThat(line.find()).isTrue();
        return Double.parseDouble(line.group(1));
    }

    private static int wrongPassword(PackagedServer server) {
        try {
            Desktop.pair(server::port, "anna", "another-harbour-42", "v");
            return 200;
        } catch (Refused refused) {
            return refused.status();
        }
    }

    private static int status(PackagedServer server, String path) throws IOException {
        return Http.once(server.port(), Request.get(path)).status();
    }
}
