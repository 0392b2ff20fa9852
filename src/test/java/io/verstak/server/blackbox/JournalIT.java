package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of the log where systemd's journal reads them: JOURNAL_STREAM names the output by device and inode. */
class JournalIT {
    private static final String OUTPUT = "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/1) exec \"$@\"";
    private static final String ANOTHER = "JOURNAL_STREAM=$(stat -L -c %d:%i /) exec \"$@\"";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void the_journal_gets_a_priority_with_each_line_and_no_time() throws Exception {
        try (PackagedServer server = served(OUTPUT)) {
            Http.once(server.port(), Request.get("/nothing"));
            server.awaitLine("path=/nothing");

            assertThat(server.lines()).isNotEmpty().allMatch(line -> line.matches("<[3-7]>[A-Za-z]+ - .*"));
            assertThat(server.lines())
                    .anyMatch(line -> line.startsWith("<6>VerstakServer - listening on "))
                    .anyMatch(line -> line.startsWith("<6>request - method=GET path=/nothing status=404 "));
        }
    }

    @Test
    void an_output_that_was_redirected_since_gets_text_and_so_does_one_that_asks_for_it() throws Exception {
        try (PackagedServer server = served(ANOTHER)) {
            assertThat(server.lines()).isNotEmpty().allMatch(line -> line.matches("[-0-9]{10}T.*"));
        }
        try (PackagedServer server = served("VERSTAK_LOG_FORMAT=text " + OUTPUT)) {
            assertThat(server.lines()).isNotEmpty().allMatch(line -> line.matches("[-0-9]{10}T.*"));
        }
    }

    @Test
    void what_keeps_a_server_from_starting_is_an_error_of_the_journal() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", OUTPUT, "sh"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@conf/jvm.options",
                "-jar",
                "target/verstak-server.jar",
                "--data",
                folder.toString(),
                "--port",
                "no port"));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(output).content().startsWith("<3>").doesNotContainPattern("(?m)^[^<]");
    }

    @ParameterizedTest
    @CsvSource({"--port, no port, 2", "--data, /proc/version, 1", "--listen, no-such-host.invalid:0, 1"})
    void a_start_that_fails_says_why_within_5_s_of_its_own_time(String option, String value, int exit)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", "TIMEFORMAT='%U %S'; time \"$@\"", "bash"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@conf/jvm.options",
                "-jar",
                "target/verstak-server.jar"));
        if (!option.equals("--data")) {
            command.addAll(List.of("--data", folder.resolve("data").toString()));
        }
        command.addAll(List.of(option, value));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();

        assertThat(process.waitFor()).as(lines.toString()).isEqualTo(exit);
        assertThat(lines).hasSize(2).first().asString().startsWith("verstak-server: ");
        double seconds = Stream.of(lines.get(1).split(" "))
                .mapToDouble(Double::parseDouble)
                .sum();
        assertThat(seconds).isBetween(0.1, 5.0);
    }

    private PackagedServer served(String shell) {
        return PackagedServer.startWithin(List.of("sh", "-c", shell, "sh"), "", folder.resolve("data"), new String[0]);
    }
}
