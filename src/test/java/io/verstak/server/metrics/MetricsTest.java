package io.verstak.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Refused;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestEngine;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus reads, on a port of its own. */
class MetricsTest {
    /** Backups of a PostgreSQL are its own. */
    private static final String NO_BACKUP = TestEngine.ofServers() == TestEngine.SQLITE ? "0.0" : "NaN";

    private static final Map<String, String> MEASURED =
            Map.of("metrics.enabled", "true", "metrics.listen", "127.0.0.1:0");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @Test
    void everything_that_one_watches_is_there() throws Exception {
        try (TestServer server = TestServer.start(MEASURED).withUser("anna")) {
            int port = Scrape.port(LOG);
            Desktop desktop = server.pair("anna", "v");
            desktop.make(OutboxOp.note("n", "text")).push();
            server.pair("anna", "v");
            desktop.blobs().upload("a.txt", "bytes".getBytes(StandardCharsets.UTF_8));
            new Web(server).register("berta", "berta@example.org", TestServer.PASSWORD);
            new Web(server).mail("berta@example.org", "confirm");

            Scrape.assertEventually(
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
                            .contains(
                                    "verstak_outbox_mails 1.0",
                                    "verstak_backup_last_success_timestamp_seconds " + NO_BACKUP)
                            .contains("verstak_nodes 1.0")
                            .contains("verstak_event_loop_lag_seconds", "verstak_password_hashes_running")
                            .contains(
                                    "vertx_pool_in_use{pool_name=\"database-writer\"",
                                    "vertx_pool_in_use{pool_name=\"sync-log-reader\"")
                            .contains("jvm_memory_used_bytes", "process_files_open_files"));
        }
    }

    @Test
    void a_damaged_file_is_counted() throws Exception {
        try (TestServer server = TestServer.start(MEASURED).withUser("anna")) {
            LOG.expectError("is damaged or missing");
            int port = Scrape.port(LOG);
            Desktop desktop = server.pair("anna", "v");
            Sha256 sha256 = desktop.blobs().upload("a.txt", "bytes".getBytes(StandardCharsets.UTF_8));
            server.blobs().delete(sha256);
            assertThatThrownBy(() -> desktop.blobs().download(sha256)).isInstanceOf(Refused.class);

            Scrape.assertEventually(port, text -> assertThat(text).contains("verstak_blobs_damaged 1.0"));
        }
    }

    @Test
    void refusals_are_counted_by_kind_from_zero_on() throws Exception {
        try (TestServer server = TestServer.start(MEASURED).withUser("anna")) {
            int port = Scrape.port(LOG);
            assertThat(Scrape.of(port).text())
                    .contains(
                            "verstak_refusals_total{code=\"rate_limited\"} 0.0",
                            "verstak_refusals_total{code=\"quota_exceeded\"} 0.0",
                            "verstak_access_refusals_total{kind=\"login_refused\"} 0.0");

            server.send(Request.get("/api/client/me").bearer("0".repeat(64)));
            assertThatThrownBy(() -> Desktop.pair(server::port, "anna", "not-her-password-7", "v"))
                    .isInstanceOf(Refused.class);

            Scrape.assertEventually(
                    port,
                    text -> assertThat(text)
                            .contains(
                                    "verstak_refusals_total{code=\"unauthorized\"} 2.0",
                                    "verstak_access_refusals_total{kind=\"login_refused\"} 1.0",
                                    "verstak_access_refusals_total{kind=\"token_refused\"} 1.0"));
        }
    }

    @Test
    void waits_are_counted_while_they_are_open() throws Exception {
        try (TestServer server = TestServer.start(MEASURED).withUser("anna")) {
            int port = Scrape.port(LOG);
            Desktop desktop = server.pair("anna", "v");
            try (EventReader events = EventReader.open(server, desktop.token())) {
                assertThat(events.head()).isZero();
                Scrape.assertEventually(
                        port,
                        text -> assertThat(text)
                                .contains("verstak_waits{kind=\"stream\"} 1.0", "verstak_waits{kind=\"pull\"} 0.0"));
            }
            Scrape.assertEventually(port, text -> assertThat(text).contains("verstak_waits{kind=\"stream\"} 0.0"));
        }
    }

    @Test
    @OneEngine("backups of a PostgreSQL are its own")
    void a_backup_leaves_its_time_and_a_failed_one_is_counted() throws Exception {
        Path backups = Files.createDirectory(folder.resolve("backups"));
        try (TestServer server = TestServer.start(Map.of(
                "metrics.enabled",
                "true",
                "metrics.listen",
                "127.0.0.1:0",
                "storage.backup.directory",
                backups.toString()))) {
            int port = Scrape.port(LOG);
            assertThat(Scrape.of(port).text())
                    .contains("verstak_backup_last_success_timestamp_seconds 0.0", "verstak_backup_failures_total 0.0")
                    .containsPattern("verstak_disk_free_bytes\\{folder=\"backup\"} [1-9]")
                    .containsPattern("verstak_disk_free_bytes\\{folder=\"data\"} [1-9]");

            assertThat(ended(server.maintenance().backups().run())).isNull();
            Scrape.assertEventually(
                    port,
                    text -> assertThat(text).containsPattern("verstak_backup_last_success_timestamp_seconds [1-9]"));

            Files.move(backups, folder.resolve("moved"));
            Files.writeString(backups, "no folder");
            assertThat(ended(server.maintenance().backups().run())).isNotNull();
            Scrape.assertEventually(port, text -> assertThat(text).contains("verstak_backup_failures_total 1.0"));
        }
    }

    @Test
    void labels_hold_no_secret_no_name_and_nothing_that_a_client_makes_up() throws Exception {
        try (TestServer server = TestServer.start(MEASURED)) {
            int port = Scrape.port(LOG);
            String user = server.addUser("charlotte");
            Desktop desktop = server.pair("charlotte", "my-vault");
            for (String path :
                    new String[] {"/made-up", "/api/v1/blobs/" + "a1".repeat(32), "/api/v1/user/devices/xyz/revoke"}) {
                server.send(Request.get(path).bearer(desktop.token()));
            }
            server.send(Request.of("MADEUP", "/livez"));

            Scrape.assertEventually(
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
            int port = Scrape.port(LOG);

            assertThat(Http.once(port, Request.get("/api/v1/health")).status()).isEqualTo(404);
            assertThat(Http.once(port, Request.post("/metrics", "{}")).status()).isEqualTo(404);
            assertThat(Scrape.of(port).header("Content-Type")).startsWith("text/plain; version=0.0.4");
            assertThat(server.send(Request.get("/metrics")).status()).isEqualTo(404);
        }
    }

    @Test
    void a_port_that_is_taken_is_logged_and_the_server_serves() throws Exception {
        try (TestServer first = TestServer.start(MEASURED);
                TestServer second = TestServer.start(
                        Map.of("metrics.enabled", "true", "metrics.listen", "127.0.0.1:" + Scrape.port(LOG)))) {
            assertThat(LOG.lines()).anyMatch(line -> line.startsWith("metrics are off: cannot listen on 127.0.0.1:"));
            assertThat(second.send(Request.get("/readyz")).status()).isEqualTo(200);
            assertThat(first.send(Request.get("/readyz")).status()).isEqualTo(200);
        }
    }

    /** Waits for it; returns what it failed with. */
    private static @Nullable Throwable ended(Future<?> work) throws Exception {
        CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
        work.onComplete(done -> end.complete(done.cause()));
        return end.get(60, TimeUnit.SECONDS);
    }
}
