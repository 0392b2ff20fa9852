package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private PackagedServer served(String shell) {
        return PackagedServer.startWithin(List.of("sh", "-c", shell, "sh"), "", folder.resolve("data"), new String[0]);
    }
}
