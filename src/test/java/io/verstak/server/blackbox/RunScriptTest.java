package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which words {@code scripts/run.sh} hands to the server: a stand-in for {@code java} prints them. */
class RunScriptTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void aBuiltCheckout() throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.createDirectories(folder.resolve("src/main"));
        Files.createDirectories(folder.resolve("target"));
        Files.createDirectories(folder.resolve("tmp"));
        Files.createFile(folder.resolve("pom.xml"));
        Files.copy(Path.of("scripts/run.sh"), folder.resolve("scripts/run.sh"));
        Path java = Files.writeString(folder.resolve("java"), "#!/bin/sh\necho \"$LC_ALL $@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createFile(folder.resolve("target/verstak-server.jar"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo --url http://127.0.0.1:1 --user anna",
                "admin list-users",
                "verify --deep",
                "-h",
                "--version",
                "serve --help",
                "--data here",
                "--data=here",
                "--config file.json",
                "help admin"
            })
    void words_are_handed_on_as_they_are_and_no_folder_is_left(String words) throws Exception {
        assertThat(run(words.split(" "))).endsWith("target/verstak-server.jar " + words);
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "--port 0", "serve --listen 127.0.0.1:0"})
    void a_server_that_is_only_tried_gets_a_fresh_directory(String words) throws Exception {
        String run = run(words.isEmpty() ? new String[0] : words.split(" "));

        assertThat(run).contains(words + " --data " + folder.resolve("tmp"));
        try (Stream<Path> made = Files.list(folder.resolve("tmp"))) {
            assertThat(made).hasSize(1);
        }
    }

    @Test
    void letters_of_any_script_work_whatever_the_locale() throws Exception {
        assertThat(run("--version")).startsWith("C.UTF-8 ");
    }

    private String run(String... words) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(folder.resolve("scripts/run.sh").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        builder.environment().put("TMPDIR", folder.resolve("tmp").toString());
        builder.environment().put("LANG", "C");
        builder.environment().keySet().removeAll(List.of("LC_ALL", "LC_CTYPE", "VERSTAK_CONFIG"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.strip();
    }
}
