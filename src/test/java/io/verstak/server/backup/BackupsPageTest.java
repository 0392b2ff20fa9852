package io.verstak.server.backup;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.DesktopBlobs;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Backups on the administrators' pages, from the first to a damaged one. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackupsPageTest {
    private static final Path FOLDER = folder();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(
            Map.of("storage.backup.directory", FOLDER.resolve("backups").toString()));

    private static final String OWN = "password=" + AdminScript.PASSWORD;
    private static final String PAGE = "/admin/backups";

    static Visitor admin;

    @BeforeAll
    static void signIn() {
        admin = new AdminScript(SERVER).visitor();
        SERVER.addUser("anna");
        try (var desktop = SERVER.pair("anna", "notes")) {
            SERVER.send(DesktopBlobs.request("a.bin", new byte[300_000]).bearer(desktop.token()));
        }
    }

    @AfterAll
    static void delete() throws IOException {
        try (Stream<Path> all = Files.walk(FOLDER)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    @Order(1)
    void one_is_made_by_a_button_and_the_page_shows_its_size_and_who_asked_for_it() {
        assertThat(admin.get(PAGE).text())
                .contains(
                        "Every 24 h, the newest 7 are kept",
                        FOLDER.resolve("backups").toString())
                .doesNotContain("Complete");

        assertThat(admin.send(PAGE, PAGE + "/now").header("Location")).isEqualTo(PAGE);
        Blobs.until(() -> admin.get(PAGE).text().contains("Complete")
                && !admin.get(PAGE).text().contains("is being made"));

        assertThat(admin.get(PAGE).text())
                .containsPattern("(?s)Complete.*(KiB|MiB).*\\d s.*Administrator.*Verify.*Download");
        assertThat(SERVER.rows("SELECT message FROM audit_log WHERE type = 'backup'"))
                .singleElement()
                .asString()
                .endsWith("(root)");
    }

    @Test
    @Order(2)
    void it_is_downloaded_with_the_password_and_restores_to_the_same_data() throws IOException {
        String name = names().get(0);
        String file = "/admin/backup.tar.zst?name=" + name;
        assertThat(admin.get(file).status()).isEqualTo(410);
        assertThat(admin.send(PAGE, PAGE + "/download", "name=" + name, "password=wrong")
                        .status())
                .isEqualTo(403);
        assertThat(admin.get(file).status()).isEqualTo(410);

        Answer allowed = admin.send(PAGE, PAGE + "/download", "name=" + name, OWN);
        Answer download = admin.get(allowed.header("Location"));

        assertThat(download.status()).isEqualTo(200);
        assertThat(download.header("Content-Disposition")).contains("verstak-" + name + ".tar.zst");
        Path archive = Files.write(FOLDER.resolve("got.tar.zst"), download.body());
        Restore.Report restored = new Restore(Clock.systemUTC(), () -> "log_0123456789abcdef0123456789abcdef")
                .run(archive, FOLDER.resolve("restored"), false);
        assertThat(restored.blobs()).isEqualTo(1);
        assertThat(restored.missing()).isEmpty();
        assertThat(SERVER.rows("SELECT message FROM audit_log WHERE type = 'backup_downloaded'"))
                .containsExactly("A backup was downloaded. (root: " + name + ")");
        assertThat(Visitor.user(SERVER, "anna").get(file).status()).isEqualTo(303);
        assertThat(SERVER.send(Request.get(file)).status()).isEqualTo(303);
    }

    @Test
    @Order(3)
    void a_verification_tells_a_sound_one_from_a_damaged_one() throws IOException {
        String name = names().get(0);
        verify(name);
        Blobs.until(() -> admin.get(PAGE).text().contains("Intact"));

        Path blob = blob(FOLDER.resolve("backups").resolve(name).resolve("blobs"));
        byte[] bytes = Files.readAllBytes(blob);
        bytes[0] ^= 1;
        Files.write(blob, bytes);
        LOG.expectError("is damaged");
        verify(name);
        Blobs.until(() -> admin.get(PAGE).text().contains(">Damaged<"));

        assertThat(admin.get(PAGE).text())
                .contains("The users’ file " + blob.getFileName() + " is missing or holds other bytes");
        assertThat(admin.send(PAGE, PAGE + "/verify", "name=../../etc").status())
                .isEqualTo(404);
    }

    @Test
    @Order(4)
    void the_history_names_backups_of_the_schedule_and_why_one_failed() throws IOException {
        await(SERVER.maintenance().backups().run());
        assertThat(admin.get(PAGE).text()).contains("Schedule");

        Path folder = FOLDER.resolve("backups");
        Files.move(folder, FOLDER.resolve("unmounted"));
        Files.createFile(folder);
        LOG.expectError("an administrator asked for failed");
        admin.send(PAGE, PAGE + "/now");
        Blobs.until(() -> admin.get(PAGE).text().contains(">Failed<"));
        assertThat(admin.get(PAGE).text()).contains("Not in the folder", folder + " is not a folder.");
        assertThat(admin.post(Request.get(PAGE).with("Accept-Language", "ru")).text())
                .contains(folder + " – не папка.")
                .doesNotContain("is missing or holds", "not a folder");
    }

    private static List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(FOLDER.resolve("backups"))) {
            return all.map(each -> String.valueOf(each.getFileName())).sorted().toList();
        }
    }

    private static Path blob(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("verstak-backups");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins as soon as the verification before it, whose result shows already, has ended. */
    private static void verify(String name) {
        Blobs.until(() -> admin.send(PAGE, PAGE + "/verify", "name=" + name).status() == 303);
    }
}
