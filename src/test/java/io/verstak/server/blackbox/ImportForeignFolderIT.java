package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.data.GoServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An import of a folder that belongs to another user and is closed to all others, as the Go server's own is. Needs root. */
class ImportForeignFolderIT {
    private static final String ANNA = "a".repeat(24);
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final byte[] PICTURE = "a picture".getBytes(StandardCharsets.UTF_8);
    private static final List<String> AS_SERVICE =
            List.of("setpriv", "--reuid=daemon", "--regid=daemon", "--init-groups");
    private static final List<String> MAY_READ_ALL =
            List.of("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search");

    @TempDir
    private Path folder;

    private Path from;
    private Path data;
    private Path blob;

    private record Run(int exit, String out, String err) {}

    @BeforeEach
    void a_folder_of_another_user() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(Path.of("target/verstak-server.jar"), folder.resolve("server.jar"));
        Path open = Files.createDirectory(folder.resolve("var"));
        from = folder.resolve("go");
        data = open.resolve("data");
        Path copied = folder.resolve("copied");
        try (GoServer go = GoServer.ofSecondGeneration(copied)) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
            Sha256 picture = go.blob(PICTURE);
            blob = from.resolve(copied.relativize(go.blobFile(picture)));
            go.reference(ANNA, "v1", picture, PICTURE.length);
            go.config("limits: {max_push_operations: 2}");
            // What a killed server leaves: a part of the database is only in the write-ahead log.
            go.killed(from);
        }
        assertThat(Files.size(from.resolve("server.db-wal"))).isPositive();
        sh("chown -R nobody:nogroup '%1$s' && chmod 0750 '%1$s' && chmod -R o-rwx,g-w '%1$s'".formatted(from));
        sh("chown daemon:daemon '%s'".formatted(open));
    }

    @Test
    void who_may_not_read_it_is_told_so_and_what_to_do() throws Exception {
        Run run = run(AS_SERVICE);

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .contains(from.toString(), "permission denied for user daemon", "as root")
                .doesNotContain("no server.db");
        assertThat(data).doesNotExist();
    }

    @Test
    void one_blob_that_may_not_be_read_ends_the_import_instead_of_counting_as_damaged() throws Exception {
        sh("chmod 0755 '%1$s' && chmod -R o+rX '%1$s' && chmod 0600 '%2$s'".formatted(from, blob));

        Run run = run(AS_SERVICE);

        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains(blob.toString(), "permission denied for user daemon");
        assertThat(data.resolve("server.db")).doesNotExist();
    }

    @Test
    void a_process_that_may_read_everything_imports_all_of_it_and_writes_as_the_services_user() throws Exception {
        List<String> reader =
                Stream.concat(AS_SERVICE.stream(), MAY_READ_ALL.stream()).toList();

        Run run = run(reader, "--link");

        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(run.out()).contains("files of blobs: 1 copied, 0 linked");
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                assertThat(Files.getOwner(file).getName()).as(file.toString()).isEqualTo("daemon");
            }
        }
        assertThat(Files.getOwner(blob).getName()).isEqualTo("nobody");
        Run verified = jar(AS_SERVICE, List.of("verify", "--deep", "--data", data.toString()));
        assertThat(verified.exit()).as(verified.toString()).isZero();
    }

    @Test
    void a_directory_that_the_services_user_cannot_make_is_refused_with_the_command_that_makes_it() throws Exception {
        sh("chmod -R o+rX '%s'".formatted(from));
        data = folder.resolve("srv/verstak");
        Files.createDirectory(folder.resolve("srv"));

        Run run = run(AS_SERVICE);

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("user daemon cannot write to " + folder.resolve("srv"))
                .contains("install -d -m 0700 -o daemon -g daemon " + data);
    }

    private Run run(List<String> wrapper, String... flags) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("import", "--from", from.toString(), "--data", data.toString()));
        arguments.addAll(List.of(flags));
        return jar(wrapper, arguments);
    }

    private Run jar(List<String> wrapper, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                folder.resolve("server.jar").toString()));
        command.addAll(arguments);
        return execute(command);
    }

    private void sh(String script) throws Exception {
        Run run = execute(List.of("sh", "-c", script));
        assertThat(run.exit()).as(run.toString()).isZero();
    }

    private Run execute(List<String> command) throws Exception {
        Path out = Files.createTempFile(folder, "out", null);
        Path err = Files.createTempFile(folder, "err", null);
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(180, TimeUnit.SECONDS))
                .as(command.toString())
                .isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
