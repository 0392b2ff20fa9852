package io.verstak.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code config check} and {@code config show}. */
class ConfigCommandTest {
    private static final String SECRET = "whale-tin-lantern-7";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    private record Run(int exit, String out, String err) {}

    @BeforeEach
    void aFile() throws Exception {
        file = Files.writeString(folder.resolve("verstak.json"), """
                {"$schema": "x", "http": {"trustedProxies": ["10.0.0.0/8", "::1"]},
                 "mail": {"host": "smtp.example.org", "from": "a@example.org", "password": "%s"}}""".formatted(SECRET));
    }

    @Test
    void show_tells_each_value_and_where_it_comes_from() {
        Run run = run("config", "show", "--config", file.toString(), "--port", "1234");

        assertThat(run.exit()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("http\\.listen +127\\.0\\.0\\.1:1234 +flag"))
                .anyMatch(line -> line.matches("http\\.trustedProxies +10\\.0\\.0\\.0/8,::1 +file .*verstak\\.json"))
                .anyMatch(line -> line.matches("limits\\.maxPullPage +100 +default"))
                .anyMatch(line -> line.matches("mail\\.password +\\*+ +file .*"));
        assertThat(run.out()).doesNotContain(SECRET);
    }

    @Test
    void show_speaks_json_to_scripts() throws Exception {
        Run run = run("config", "show", "--json", "--config", file.toString());

        JsonNode keys = new ObjectMapper().readTree(run.out());
        assertThat(keys.at("/mail.host/value").textValue()).isEqualTo("smtp.example.org");
        assertThat(keys.at("/mail.host/source").textValue()).isEqualTo("file " + file);
        assertThat(keys.at("/limits.maxPullPage/value").intValue()).isEqualTo(100);
        assertThat(keys.at("/limits.maxPullPage/variable").textValue()).isEqualTo("VERSTAK_LIMITS_MAX_PULL_PAGE");
        assertThat(run.out()).doesNotContain(SECRET);
    }

    @Test
    void show_names_the_variables() {
        assertThat(run("config", "show", "--variables").out().lines())
                .anyMatch(line -> line.startsWith("http.publicUrl") && line.endsWith("VERSTAK_HTTP_PUBLIC_URL"));
    }

    @Test
    void check_says_that_a_server_would_start() {
        Run run = run("config", "check", "--config", file.toString());

        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("fine").hasLineCount(1);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void check_names_what_would_stop_a_start() throws Exception {
        Files.writeString(file, "{\"http\": {\"trustedProxies\": [\"proxy\"]}}");
        refused(run("config", "check", "--config", file.toString()), "http.trustedProxies");
        Files.writeString(file, "{\"mail\": {\"pasword\": \"%s\"}}".formatted(SECRET));
        refused(run("config", "check", "--config", file.toString()), "mail.pasword");
        Files.writeString(file, "{\"mail\": {\"password\": [\"%s\"]}}".formatted(SECRET));
        refused(run("config", "check", "--config", file.toString()), "mail.password");
        refused(run("config"), "check, show");
    }

    private static void refused(Run run, String words) {
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains(words).doesNotContain(SECRET);
    }

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commands = Main.commandLine();
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        return new Run(commands.execute(arguments), out.toString(), err.toString());
    }
}
