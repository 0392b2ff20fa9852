package io.verstak.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Backups that are named by a clock which is put right in between. */
class BackupClockTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final MutableClock clock = new MutableClock();

    @Test
    void a_backup_from_a_clock_that_was_ahead_is_set_aside_and_takes_no_place_of_a_good_one() throws Exception {
        try (TestServer server = TestServer.start().withUser("anna")) {
            Desktop desktop = server.pair("anna", "v");
            make(server, 0);
            clock.advance(Duration.ofDays(10));
            String ahead = name(make(server, 0));
            clock.advance(Duration.ofDays(-10));
            assertThat(LastBackup.of(DataDirectory.openReadOnly(server.data()), clock.instant()))
                    .isEmpty();

            desktop.make(OutboxOp.note("n", "later")).push();
            String first = name(make(server, 1));
            assertThat(names()).containsExactlyInAnyOrder(ahead + ".clock-ahead", first);
            clock.advance(Duration.ofMinutes(1));
            String second = name(make(server, 1));

            assertThat(names()).containsExactlyInAnyOrder(ahead + ".clock-ahead", second);
            assertThat(LOG.lines()).anyMatch(line -> line.contains("is dated in the future"));
            assertThat(LastBackup.of(DataDirectory.openReadOnly(server.data()), clock.instant()))
                    .isPresent();
            Restore.Report restored = restore(folder.resolve("restored"));
            assertThat(restored.from()).endsWith(second);
            assertThat(restored.operations()).isEqualTo(1);
        }
    }

    @Test
    void a_clock_that_is_behind_sets_no_good_backup_aside_and_deletes_none() throws Exception {
        try (TestServer server = TestServer.start()) {
            String only = name(make(server, 1));
            clock.advance(Duration.ofDays(-3000));
            String behind = name(make(server, 1));
            assertThat(names()).containsExactlyInAnyOrder(only, behind);
            assertThat(LOG.lines()).anyMatch(line -> line.contains("set this machine's clock right"));

            clock.advance(Duration.ofDays(3001));
            String newest = name(make(server, 2));
            clock.advance(Duration.ofDays(-3001));
            make(server, 1);
            assertThat(names()).contains(only, newest).noneMatch(name -> name.endsWith(".clock-ahead"));

            clock.advance(Duration.ofDays(3002));
            String right = name(make(server, 1));
            assertThat(names()).containsExactly(right);
        }
    }

    @Test
    void no_backup_is_made_by_itself_while_the_clock_is_behind() throws Exception {
        try (TestServer server =
                TestServer.start(Map.of("storage.backup.directory", backups().toString()))) {
            clock.advance(Duration.ofDays(20_000));
            String good = name(make(server, 0));

            assertThatThrownBy(() -> server.maintenance().backups().run().await(60, TimeUnit.SECONDS))
                    .hasMessageContaining("set this machine's clock right");

            assertThat(names()).containsExactly(good);
            assertThat(server.maintenance().backups().hasFailed()).isTrue();
        }
    }

    @Test
    void a_backup_that_was_set_aside_still_spares_the_next_one_its_copies() throws Exception {
        try (TestServer server = TestServer.start().withUser("anna")) {
            Sha256 blob = server.pair("anna", "v").blobs().upload("a.txt", "bytes".getBytes(StandardCharsets.UTF_8));
            Path made = Path.of(make(server, 0).place());
            Files.move(made, made.resolveSibling(made.getFileName() + ".clock-ahead"));

            Path next = Path.of(make(server, 0).place());

            assertThat(Files.getAttribute(BackupFolder.blob(next, blob), "unix:nlink"))
                    .isEqualTo(2);
        }
    }

    @Test
    void the_backup_just_made_stays_though_another_has_a_later_name() throws Exception {
        try (TestServer server = TestServer.start()) {
            clock.advance(Duration.ofMinutes(30));
            String later = name(make(server, 1));
            clock.advance(Duration.ofMinutes(-30));
            String made = name(make(server, 1));

            assertThat(names()).containsExactly(made).doesNotContain(later);
        }
    }

    @Test
    void a_restore_says_that_the_newest_is_dated_in_the_future() throws Exception {
        try (TestServer server = TestServer.start()) {
            String good = name(make(server, 0));
            clock.advance(Duration.ofDays(10));
            String ahead = name(make(server, 0));
            clock.advance(Duration.ofDays(-10));

            assertThat(restore(folder.resolve("restored")).from()).endsWith(good);

            assertThat(LOG.lines()).anyMatch(line -> line.contains(ahead) && line.contains("is dated in the future"));
        }
    }

    /** A new machine whose clock is in 1970 restores what there is. */
    @Test
    void where_all_are_dated_in_the_future_the_newest_is_restored() throws Exception {
        try (TestServer server = TestServer.start()) {
            make(server, 0);
            clock.advance(Duration.ofMinutes(1));
            String newest = name(make(server, 0));
            clock.advance(Duration.ofDays(-10_000));

            assertThat(restore(folder.resolve("restored")).from()).endsWith(newest);
        }
    }

    @Test
    void a_scheduled_backup_is_a_line_in_the_log_and_a_failed_one_is_on_the_overview() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        try (TestServer server = TestServer.start(
                        Map.of("storage.backup.directory", backups().toString()))
                .withAdministrator(AdminScript.NAME)) {
            server.maintenance().backups().run().await(60, TimeUnit.SECONDS);
            assertThat(LOG.lines()).anyMatch(line -> line.contains("a backup was made: " + backups()));
            assertThat(overview(server)).doesNotContain("The last scheduled backup failed");

            server.restart(Map.of("storage.backup.directory", file.toString()));
            assertThatThrownBy(() -> server.maintenance().backups().run().await(60, TimeUnit.SECONDS))
                    .hasMessageContaining("the backup to")
                    .hasMessageNotContaining("Exception");
            assertThat(overview(server)).contains("The last scheduled backup failed");
        }
    }

    @Test
    void a_time_of_the_last_backup_that_cannot_be_read_fails_no_page() throws Exception {
        try (TestServer server = TestServer.start().withAdministrator(AdminScript.NAME)) {
            Path note = server.data().resolve("last-backup");
            // What root's file is to the service's user; these tests may run as root, whom no permission stops.
            Files.createDirectory(note);

            Visitor visitor = signedIn(server);
            for (String page : List.of(
                    "/admin/dashboard", "/admin/storage", "/admin/diagnostics", "/admin/api/stats", "/readyz")) {
                assertThat(visitor.get(page).status()).as(page).isEqualTo(200);
            }
            Files.delete(note);
        }
    }

    private static String overview(TestServer server) {
        return signedIn(server).get("/admin/dashboard").text();
    }

    private static Visitor signedIn(TestServer server) {
        Visitor visitor = new Visitor(server);
        visitor.send("/admin/login", "/admin/login", "username=" + AdminScript.NAME, "password=" + TestServer.PASSWORD);
        return visitor;
    }

    private Path backups() {
        return folder.resolve("backups");
    }

    private Backup.Report make(TestServer server, int keep) {
        return new Backup(DataDirectory.openReadOnly(server.data()), clock, () -> true).make(backups(), keep);
    }

    private Restore.Report restore(Path to) {
        return new Restore(clock, () -> "another-log").run(backups(), to, false);
    }

    private static String name(Backup.Report made) {
        return String.valueOf(Path.of(made.place()).getFileName());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(backups())) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
        }
    }
}
