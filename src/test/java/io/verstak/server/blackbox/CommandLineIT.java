package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.PackagedServer.Result;
import io.verstak.server.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, stopping and administering the packaged server. */
class CommandLineIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final int ENDED_BY_SIGTERM = 143;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void a_first_start_prints_the_setup_link_until_there_is_an_administrator() throws Exception {
        Path data = folder.resolve("data");
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\nsecond line\n");
        try (PackagedServer server = PackagedServer.start(data)) {
            server.awaitLine("/setup?token=");
            assertThat(setupLinks(server)).hasSize(1).first().asString().matches(".*/setup\\?token=[0-9a-f]{64} .*");
            assertThat(server.terminate()).isEqualTo(ENDED_BY_SIGTERM);
        }
        try (PackagedServer server =
                PackagedServer.start(data, "--admin-user", "root", "--admin-pass-file", password.toString())) {
            assertThat(setupLinks(server)).isEmpty();
            assertThat(server.terminate()).isEqualTo(ENDED_BY_SIGTERM);
        }
        List<String> fromFile = administrators(data);
        assertThat(fromFile).hasSize(1).first().asString().startsWith("root|$argon2id$");
        try (PackagedServer server =
                PackagedServer.start(data, "--admin-user", "ROOT", "--admin-pass", "another-" + PASSWORD)) {
            assertThat(setupLinks(server)).isEmpty();
        }
        assertThat(administrators(data)).hasSize(1).isNotEqualTo(fromFile);
    }

    @Test
    void an_administrators_password_comes_from_standard_input() {
        Path data = folder.resolve("data");
        try (PackagedServer server =
                PackagedServer.startWithInput(PASSWORD + "\n", data, "--admin-user", "root", "--admin-pass-stdin")) {
            assertThat(setupLinks(server)).isEmpty();
            assertThat(String.join("\n", server.lines())).doesNotContain(PASSWORD);
        }
        assertThat(administrators(data)).hasSize(1);
    }

    @Test
    void s09_who_hashes_passwords_gives_way_to_everybody_else() throws Exception {
        try (PackagedServer server = PackagedServer.startWithInput(
                        PASSWORD, folder.resolve("data"), "--admin-user", "root", "--admin-pass-stdin");
                Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(server.pid()), "task"))) {
            assertThat(threads.map(CommandLineIT::status))
                    .filteredOn(status -> status.contains("(password-hash"))
                    .isNotEmpty()
                    .allMatch(status -> niceness(status) == 19);
        }
    }

    /** A thread's line, as proc(5) tells; empty when the thread has ended. */
    private static String status(Path thread) {
        try {
            return Files.readString(thread.resolve("stat"));
        } catch (IOException ended) {
            return "";
        }
    }

    /** Its 19th field. */
    private static int niceness(String status) {
        List<String> behindName =
                List.of(status.substring(status.lastIndexOf(')') + 2).split(" ", -1));
        return Integer.parseInt(behindName.get(16));
    }

    @Test
    void s44_a_second_process_is_refused_and_the_first_serves_on_with_files_of_its_own() throws Exception {
        Path data = folder.resolve("data");
        try (PackagedServer server = PackagedServer.start(data)) {
            Result second = PackagedServer.run("", "--data", data.toString(), "--listen", "127.0.0.1:0");

            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.err()).hasLineCount(1).contains(data.toString(), "another");
            server.addUser("alice", PASSWORD);
            assertThat(PackagedServer.run("", "admin", "list-users", "--data", data.toString())
                            .out())
                    .contains("alice@example.org");
            try (var files = Files.list(data)) {
                for (Path file : files.toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .as(file.toString())
                            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
                }
            }
        }
    }

    private static List<String> setupLinks(PackagedServer server) {
        return server.lines().stream()
                .filter(line -> line.contains("/setup?token="))
                .toList();
    }

    private static List<String> administrators(Path data) {
        return TestDatabase.rows(data.resolve("server.db"), "SELECT username_key, password_hash FROM administrators");
    }
}
