package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.PackagedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The libraries that the jar unpacks to load them. Mounting takes root: without, this fails rather than pass unseen. */
class NativeLibrariesIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @BeforeEach
    void makeTemporary() throws IOException {
        temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    private List<String> within(String mount) {
        return List.of(
                "unshare",
                "--mount",
                "--propagation=private",
                "env",
                "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + temporary,
                "sh",
                "-c",
                mount + " && exec \"$@\"",
                "sh");
    }

    @Test
    void a_killed_server_leaves_none_behind() throws IOException {
        Path data = folder.resolve("data");
        try (PackagedServer server = PackagedServer.startWithin(within("true"), "", data)) {
            server.kill();
        }
        for (Path place : List.of(temporary, data)) {
            try (Stream<Path> left = Files.list(place)) {
                assertThat(left.map(Path::toString))
                        .noneMatch(file -> file.contains("sqlite-") || file.contains("native") || file.endsWith(".so"));
            }
        }
    }

    @Test
    void a_server_starts_where_temporary_files_cannot_be_run() {
        List<String> noexec = within("mount -t tmpfs -o noexec tmpfs " + temporary);
        try (PackagedServer server = PackagedServer.startWithin(noexec, "", folder.resolve("data"))) {
            assertThat(server.isAlive()).isTrue();
        }
    }

    @Test
    void one_line_says_what_to_do_where_nothing_can_be_run() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        List<String> command = new ArrayList<>(within("mount -t tmpfs -o noexec tmpfs " + temporary
                + " && mount -t tmpfs -o noexec,mode=0700 tmpfs " + data));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                "target/verstak-server.jar",
                "--data",
                data.toString(),
                "--listen",
                "127.0.0.1:0"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(said.lines().filter(line -> !line.startsWith("Picked up")))
                .singleElement()
                .asString()
                .contains("SQLite cannot be loaded", "noexec", "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR");
    }
}
