package io.verstak.server.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.backup.Verification;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestEngine;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the clean-up removes, and what it never does. */
class MaintenanceSchedulerTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private final MutableClock clock = new MutableClock();
    private final TestServer server = TestServer.start(clock, Map.of());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void records_whose_time_is_over_go_and_the_run_is_audited() {
        Web web = new Web(server);
        server.addUser("anna");
        web.session("anna");
        web.forgot("anna@example.org");
        web.mailedToken("anna@example.org", "reset");
        server.beside(accounts -> accounts.invitations().create(Actor.COMMAND_LINE, ""));
        Desktop device = server.pair("anna", "main");
        device.call(
                "/api/v1/sync/push",
                Desktop.pushBody(List.of(OutboxOp.note("a", "text")), 0).put("idempotency_key", "k"));

        assertThat(server.cleanUp().removed().values()).allMatch(removed -> removed == 0);
        clock.advance(Duration.ofDays(60));
        MaintenanceScheduler.Report report = server.cleanUp();

        assertThat(report.failed()).isEmpty();
        assertThat(report.removed())
                .containsEntry("sessions", 1L)
                .containsEntry("e-mail tokens", 1L)
                .containsEntry("invitations", 1L)
                .containsEntry("setup tokens", 1L)
                .containsEntry("kept answers", 1L);
        assertThat(rows("SELECT message FROM audit_log WHERE type = 'cleanup' ORDER BY id"))
                .hasSize(2)
                .last()
                .asString()
                .contains("sessions 1");
        assertThat(rows("SELECT SUM(length(head) / 32) FROM chunks")).containsExactly("1");
    }

    @Test
    void what_a_deleted_user_had_goes_and_nobody_elses() throws IOException {
        String anna = user("anna");
        user("berta");
        Desktop ofAnna = filled("anna");
        Desktop ofBerta = filled("berta");
        Sha256 shared = ofAnna.blobs().upload("f", text("both have this"));
        ofBerta.blobs().upload("f", text("both have this"));
        Sha256 own = ofAnna.blobs().upload("f", text("only anna has this"));

        boolean sqlite = TestEngine.ofServers() == TestEngine.SQLITE;
        if (sqlite) {
            server.whileStopped(data -> TestDatabase.sealKeys(server.database()));
        }
        server.execute("INSERT INTO vault_days SELECT id, 1, 1, 1 FROM scopes WHERE true ON CONFLICT DO NOTHING");
        server.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, anna));
        server.cleanUp();

        assertThat(rows("SELECT COUNT(DISTINCT %s) FROM chunks".formatted(sqlite ? "id >> 40" : "scope_id")))
                .containsExactly("1");
        assertThat(rows("SELECT SUM(length(head) / 32) FROM chunks")).containsExactly("250");
        assertThat(rows("SELECT COUNT(*) FROM devices")).containsExactly("1");
        for (String table : List.of(sqlite ? "key_runs" : "op_keys", "blob_refs", "blob_usage", "vault_days")) {
            assertThat(rows("SELECT COUNT(DISTINCT scope_id) FROM " + table)).containsExactly("1");
        }
        if (sqlite) {
            assertThat(rows("SELECT DISTINCT id >> 24 FROM key_parts")).isEqualTo(rows("SELECT id FROM key_runs"));
        }
        assertThat(server.blobs().has(own)).isTrue();
        assertThat(status().orphanBlobs()).isEqualTo(1);

        clock.advance(Duration.ofHours(25));
        server.cleanUp();

        assertThat(server.blobs().has(own)).isFalse();
        assertThat(server.blobs().has(shared)).isTrue();
        assertThat(status().orphanBlobs()).isZero();
        assertThat(ofBerta.blobs().download(shared)).isEqualTo(text("both have this"));
        assertClean();
    }

    @Test
    void an_upload_within_the_grace_revives_a_blob_that_nobody_held() {
        String anna = user("anna");
        Sha256 blob = server.pair("anna", "main").blobs().upload("f", text("to be revived"));
        server.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, anna));
        server.cleanUp();
        clock.advance(Duration.ofHours(23));
        server.cleanUp();
        assertThat(server.blobs().has(blob)).isTrue();

        user("berta");
        Desktop berta = server.pair("berta", "main");
        berta.blobs().upload("f", text("to be revived"));
        clock.advance(Duration.ofDays(30));
        server.cleanUp();

        assertThat(berta.blobs().download(blob)).isEqualTo(text("to be revived"));
    }

    @Test
    void an_upload_that_ends_while_its_blob_is_deleted_is_never_lost() throws Exception {
        user("berta");
        ExecutorService others = Executors.newFixedThreadPool(2);
        try (Desktop berta = server.pair("berta", "main")) {
            for (int round = 0; round < 15; round++) {
                byte[] bytes = text("contested " + round);
                Sha256 blob = berta.blobs().upload("f", bytes);
                server.execute(
                        "DELETE FROM blob_refs",
                        "UPDATE blob_usage SET bytes = 0",
                        "UPDATE blobs SET unreferenced_since = 1");
                Future<?> cleaning = others.submit(server::cleanUp);
                Future<?> uploading = others.submit(() -> berta.blobs().upload("f", bytes));
                cleaning.get(60, TimeUnit.SECONDS);
                uploading.get(60, TimeUnit.SECONDS);

                assertThat(berta.blobs().download(blob)).isEqualTo(bytes);
            }
        } finally {
            others.shutdown();
        }
        assertClean();
    }

    @Test
    @OneEngine("a bucket is never searched for strays")
    void old_files_without_a_row_and_old_temporary_files_go() throws IOException {
        user("anna");
        Desktop anna = server.pair("anna", "main");
        Sha256 held = anna.blobs().upload("f", text("held"));
        Files.setLastModifiedTime(file(held), LONG_AGO);
        Path stray = stray("stray", LONG_AGO);
        Path fresh = stray("fresh", FileTime.from(clock.instant()));
        Path broken = Files.write(server.data().resolve("tmp/upload-broken"), text("x"));
        Files.setLastModifiedTime(broken, LONG_AGO);
        Path other = Files.write(server.data().resolve("tmp/of-somebody-else"), text("x"));
        Files.setLastModifiedTime(other, LONG_AGO);
        assertThat(status().temporaryUploads()).isEqualTo(1);

        MaintenanceScheduler.Report report = server.cleanUp();

        assertThat(report.removed()).containsEntry("stray files", 1L).containsEntry("temporary files", 1L);
        assertThat(stray).doesNotExist();
        assertThat(broken).doesNotExist();
        assertThat(List.of(fresh, other, file(held))).allMatch(Files::exists);
        assertThat(status().lastCleanup()).hasValue(clock.millis());
    }

    private Path stray(String content, FileTime time) throws IOException {
        Path file = file(Sha256.of(text(content)));
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, text(content));
        return Files.setLastModifiedTime(file, time);
    }

    private String user(String name) {
        return server.addUser(name);
    }

    private Desktop filled(String user) {
        Desktop desktop = server.pair(user, "main");
        for (int i = 0; i < 250; i++) {
            desktop.make(OutboxOp.note("note-" + i, "text"));
        }
        return desktop.push();
    }

    private Maintenance.Status status() {
        return server.maintenance()
                .status()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private List<String> rows(String sql) {
        return server.rows(sql);
    }

    private Path file(Sha256 sha256) {
        return Blobs.file(server, sha256);
    }

    /** The data directory has nothing to verify while the data is elsewhere. */
    private void assertClean() {
        if (TestEngine.ofServers() != TestEngine.SQLITE) {
            return;
        }
        List<String> damages = new ArrayList<>();
        new Verification(DataDirectory.openReadOnly(server.data()), true, new Verification.Watcher() {
                    @Override
                    public void part(String name, long steps) {}

                    @Override
                    public void advance(long steps) {}

                    @Override
                    public void damage(Verification.Damage damage) {
                        damages.add(damage.toString());
                    }
                })
                .run(false);
        assertThat(damages).isEmpty();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
