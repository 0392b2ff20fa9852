package io.verstak.server.backup;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.storage.DirectoryLeases;
import io.verstak.server.storage.Leases.Lease;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.DesktopBlobs;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Backups that are made, read, sent and deleted at the same time. */
class BackupRacesTest {
    private static final String PAGE = "/admin/backups";
    private static final String OWN = "password=" + AdminScript.PASSWORD;

    /** More than what sockets hold. */
    private static final int LARGE = 24 << 20;

    /** Takes longer to read than a folder to delete. */
    private static final long VERY_LARGE = 1L << 30;

    private static final int LOOKS = 8;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static TestServer server;

    @SuppressWarnings("NullAway.Init")
    static Visitor admin;

    private String backup = "";

    @BeforeAll
    static void start() {
        server = TestServer.start(
                Map.of("storage.backup.directory", folder.resolve("backups").toString()));
        admin = new AdminScript(server).visitor();
        server.addUser("anna");
        try (var desktop = server.pair("anna", "notes")) {
            server.send(DesktopBlobs.request("a.bin", new byte[300_000]).bearer(desktop.token()));
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void make() {
        Backup.Report made = await(schedule().run());
        backup = String.valueOf(Path.of(made.place()).getFileName());
    }

    @Test
    void a_permission_is_for_one_download_of_one_backup_by_one_session() throws IOException {
        String file = allow(backup);
        assertThat(Visitor.user(server, "anna").get(file).status()).isEqualTo(303);
        assertThat(new AdminScript(server::port).visitor().get(file).status()).isEqualTo(410);
        assertThat(admin.get(file.replace(backup, "2020-01-01T00-00-00Z")).status())
                .isEqualTo(410);

        assertThat(admin.get(file).status()).isEqualTo(200);

        Answer again = admin.get(file);
        assertThat(again.status()).isEqualTo(410);
        assertThat(again.text()).contains("has begun already");
        assertThat(again.header("Content-Disposition")).isEmpty();
        assertThat(server.rows("SELECT message FROM audit_log WHERE type = 'backup_downloaded' AND message LIKE '%"
                        + backup + "%'"))
                .hasSize(1);
    }

    @Test
    void a_backup_that_cannot_be_read_is_answered_by_a_page_and_logged() throws IOException {
        Files.delete(path(backup).resolve("server.db"));

        Answer answer = admin.get(allow(backup));

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.header("Content-Disposition")).isEmpty();
        assertThat(answer.text()).contains("This backup cannot be read");
        assertThat(LOG.lines())
                .anyMatch(line -> line.contains(backup + " by root broke off") && line.contains("server.db"));
    }

    @Test
    void slow_downloads_hold_up_no_verification_and_are_few() throws Exception {
        enlarge(backup, LARGE);
        String other = String.valueOf(Path.of(await(schedule().run()).place()).getFileName());
        List<Http> slow = new ArrayList<>();
        try {
            for (int i = 0; i < BackupDownloads.PER_ADMINISTRATOR; i++) {
                slow.add(begin(backup));
            }
            assertThat(admin.get(allow(backup)).status()).isEqualTo(503);

            verify(other);
            Blobs.until(() -> admin.get(PAGE).text().contains("Intact"));
        } finally {
            for (Http each : slow) {
                each.reset();
            }
        }
        Blobs.until(() -> LOG.lines().stream().anyMatch(line -> line.contains("the client has gone away after")));
    }

    @Test
    void a_download_of_a_backup_that_its_schedule_deletes_breaks_off_and_is_logged() throws Exception {
        enlarge(backup, LARGE);
        try (Http slow = begin(backup)) {
            retire(backup);

            assertThatThrownBy(() -> {
                        while (slow.chunk().length > 0) {}
                    })
                    .isInstanceOf(IOException.class);
        }
        Blobs.until(() -> LOG.lines().stream().anyMatch(line -> line.contains("the backup was deleted meanwhile")));
        assertThat(admin.get(PAGE).text()).doesNotContain("value=\"" + backup + "\"");
    }

    @Test
    void a_backup_that_its_schedule_deletes_during_its_verification_is_not_called_damaged() throws Exception {
        enlarge(backup, VERY_LARGE);

        verify(backup);
        retire(backup);

        Blobs.until(() -> LOG.lines().stream().anyMatch(line -> line.contains("was given up")));
        assertThat(schedule().history().runs())
                .noneMatch(run -> run.verifiedAt() != null && run.name().equals(backup));
        assertThat(server.rows("SELECT message FROM audit_log WHERE type = 'backup_damaged'"))
                .isEmpty();
    }

    @Test
    void a_second_run_at_once_is_refused_on_the_page() throws IOException {
        try (DirectoryLeases command = DirectoryLeases.open(server.data())) {
            Lease lease = await(command.take(Backup.leaseName(folder.resolve("backups"))))
                    .orElseThrow();
            Answer refused = admin.send(PAGE, PAGE + "/now");
            await(lease.release());

            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.text()).contains("Another backup or verification is running");
        }
    }

    @Test
    void a_folder_that_does_not_answer_blocks_no_other_page() {
        CountDownLatch alive = new CountDownLatch(1);
        List<Future<Boolean>> hanging = new ArrayList<>();
        for (int i = 0; i < LOOKS; i++) {
            hanging.add(schedule().atFolder(() -> {
                alive.await();
                return true;
            }));
        }

        Answer page = admin.get(PAGE);
        Answer refused = admin.send(PAGE, PAGE + "/verify", "name=" + backup);
        alive.countDown();

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).contains("The folder cannot be read at present", "Unknown", "Schedule");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("The folder of backups does not answer");
        hanging.forEach(each -> assertThat(await(each)).isTrue());
        assertThat(admin.get(PAGE).text()).doesNotContain("The folder cannot be read at present");
    }

    @Test
    void a_server_that_stops_during_a_run_leaves_nothing_of_it() throws Exception {
        Path to = folder.resolve("of-stopped");
        try (TestServer stopped = TestServer.start(Map.of("storage.backup.directory", to.toString()))
                .withUser("anna")) {
            stopped.pair("anna", "v").blobs().upload("a.bin", Blobs.bytes(300_000, 1));
            Future<Backup.Report> run = await(stopped.maintenance().backups().begin("root"));
            await(stopped.maintenance().backups().stop());

            assertThatThrownBy(() -> await(run)).isInstanceOf(RuntimeException.class);
            try (Stream<Path> left = Files.list(to)) {
                assertThat(left).isEmpty();
            }
            assertThat(stopped.maintenance().backups().history().runs())
                    .singleElement()
                    .matches(each ->
                            each.name().isEmpty() && new Finding(BackupProblem.STOPPED, "").equals(each.failure()));
        }
    }

    private static BackupSchedule schedule() {
        return server.maintenance().backups();
    }

    private static String allow(String name) {
        return admin.send(PAGE, PAGE + "/download", "name=" + name, OWN).header("Location");
    }

    /** Begins a download and reads its head alone. */
    private static Http begin(String name) throws IOException {
        Http http = Http.connect(server.port());
        Request request = Request.get(allow(name));
        Answer head = http.open(request.with(
                "Cookie",
                admin.cookies().entrySet().stream()
                        .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                        .collect(Collectors.joining("; "))));
        assertThat(head.status()).isEqualTo(200);
        return http;
    }

    private static Path path(String name) {
        return folder.resolve("backups").resolve(name);
    }

    private static void enlarge(String name, long size) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(path(name).resolve("server.db").toFile(), "rw")) {
            file.setLength(size);
            if (size == LARGE) {
                file.write(Blobs.bytes(LARGE, 1));
            }
        }
    }

    /** Deletes a backup as the schedule does when there are too many. */
    private static void retire(String name) throws IOException {
        BackupFolder backups = new BackupFolder(folder.resolve("backups"));
        List<Path> others =
                backups.all().stream().filter(each -> !each.equals(path(name))).toList();
        Path later = others.isEmpty() ? Path.of(await(schedule().run()).place()) : others.get(others.size() - 1);
        backups.keep(1, later, Instant.now());
        assertThat(path(name)).doesNotExist();
    }

    /** Begins as soon as the verification before it, whose result shows already, has ended. */
    private static void verify(String name) {
        Blobs.until(() -> admin.send(PAGE, PAGE + "/verify", "name=" + name).status() == 303);
    }
}
