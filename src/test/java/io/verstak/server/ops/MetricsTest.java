package io.verstak.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Prometheus reads, on a port of its own. */
class MetricsTest {
    private static final Map<String, String> MEASURED =
            Map.of("metrics.enabled", "true", "metrics.listen", "127.0.0.1:0");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Pattern LISTENING = Pattern.compile("metrics on http://127.0.0.1:(\\d+)/metrics");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @Test
    void everything_that_one_watches_is_there() throws Exception {
        try (TestServer server = TestServer.start(MEASURED).withUser("anna")) {
            int port = port();
            Desktop desktop = server.pair("anna", "v");
            desktop.make(OutboxOp.note("n", "text")).push();
            server.pair("anna", "v");
            desktop.blobs().upload("a.txt", "bytes".getBytes(StandardCharsets.UTF_8));
            new Web(server).register("berta", "berta@example.org", TestServer.PASSWORD);
            new Web(server).mail("berta@example.org", "confirm");

            assertEventually(
                    port,
                    text -> assertThat(text)
                            .contains(
                                    "verstak_http_requests_seconds_count{method=\"POST\",route=\"/api/v1/sync/push\",status=\"200\"} 1")
                            .contains(
                                    "verstak_http_requests_seconds_bucket{method=\"POST\",route=\"/api/v1/sync/push\"")
                            .contains("verstak_commit_pushes_count 1", "verstak_commit_operations_sum 1.0")
                            .contains("verstak_commit_seconds_count 1", "verstak_commit_queue_depth 0.0")
                            .contains(
                                    "verstak_blob_stored_bytes 5.0",
                                    "verstak_http_received_bytes_total{route=\"/api/v1/blobs\"}")
                            .contains(
                                    "verstak_devices 2.0",
                                    "verstak_devices_behind 1.0",
                                    "verstak_device_lag_operations_max 1.0")
                            .contains("verstak_outbox_mails 1.0", "verstak_backup_age_seconds NaN")
                            .contains("verstak_event_loop_lag_seconds", "verstak_password_hashes_running")
                            .contains(
                                    "vertx_pool_in_use{pool_name=\"database-writer\"",
                                    "vertx_pool_in_use{pool_name=\"sync-log-reader\"")
                            .contains("jvm_memory_used_bytes", "process_files_open_files"));
        }
    }

    @Test
    void labels_hold_no_secret_no_name_and_nothing_that_a_client_makes_up() throws Exception {
        try (TestServer server = TestServer.start(MEASURED)) {
            int port = port();
            String user = server.addUser("charlotte");
            Desktop desktop = server.pair("charlotte", "my-vault");
            for (String path :
                    new String[] {"/made-up", "/api/v1/blobs/" + "a1".repeat(32), "/api/v1/user/devices/xyz/revoke"}) {
                server.send(Request.get(path).bearer(desktop.token()));
            }
            server.send(Request.of("MADEUP", "/livez"));

            assertEventually(
                    port,
                    text -> assertThat(text)
                            .contains("route=\"none\"", "route=\"/api/v1/blobs/:sha256\"", "method=\"other\"")
                            .doesNotContain(desktop.token(), desktop.id(), user, "charlotte", "my-vault")
                            .doesNotContain("made-up", "MADEUP", "a1a1", "xyz"));
        }
    }

    @Test
    void the_port_serves_nothing_else_and_the_other_port_no_metrics() throws Exception {
        try (TestServer server = TestServer.start(MEASURED)) {
            int port = port();

            assertThat(Http.once(port, Request.get("/api/v1/health")).status()).isEqualTo(404);
            assertThat(Http.once(port, Request.post("/metrics", "{}")).status()).isEqualTo(404);
            assertThat(scrape(port).header("Content-Type")).startsWith("text/plain; version=0.0.4");
            assertThat(server.send(Request.get("/metrics")).status()).isEqualTo(404);
        }
    }

    @Test
    void a_port_that_is_taken_is_logged_and_the_server_serves() throws Exception {
        try (TestServer first = TestServer.start(MEASURED);
                TestServer second =
                        TestServer.start(Map.of("metrics.enabled", "true", "metrics.listen", "127.0.0.1:" + port()))) {
            assertThat(LOG.lines()).anyMatch(line -> line.startsWith("no metrics: 127.0.0.1:"));
            assertThat(second.send(Request.get("/readyz")).status()).isEqualTo(200);
            assertThat(first.send(Request.get("/readyz")).status()).isEqualTo(200);
        }
    }

    /** A request is counted when it is over for the server, which may be after its client has read the answer. */
    private static void assertEventually(int port, Consumer<String> holds) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            String text = scrape(port).text();
            try {
                holds.accept(text);
                return;
            } catch (AssertionError notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private static Answer scrape(int port) throws IOException {
        Answer answer = Http.once(port, Request.get("/metrics"));
        assertThat(answer.status()).isEqualTo(200);
        return answer;
    }

    private static int port() {
        return LOG.lines().stream()
                .map(LISTENING::matcher)
                .filter(Matcher::find)
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .reduce((before, last) -> last)
                .orElseThrow();
    }
}
