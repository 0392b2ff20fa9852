package io.verstak.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.Main;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the commands say to people: what happened, and what to do. */
class CommandMessagesTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "frobnicate          | unknown command 'frobnicate'",
                "verfy               | did you mean verify?",
                "admin creat-user    | did you mean create-user?",
                "--prot 1            | unknown option '--prot'",
                "verify --dep        | did you mean --deep?",
                "verify --port 1     | unknown option '--port'",
                "restore --from x --listen x | unknown option '--listen'",
                "admin block --port 1 anna | unknown option '--port'",
                "help nonsense       | unknown command 'nonsense'",
                "verify one          | unexpected argument 'one'",
                "--data x verify     | --data must follow the command: verstak-server verify --data",
                "--port x            | 'x' is not a whole number",
                "backup --to ~/b     | ~ is not expanded here",
                "demo --user a --url http://127.0.0.1:1 | run scripts/demo.sh",
            })
    void a_wrong_word_is_named_with_what_was_meant(String words, String said) {
        CommandLineRun run = run(words.split(" +"));

        assertThat(run.exit()).as(run.toString()).isEqualTo(2);
        assertThat(run.err()).contains(said).hasLineCount(1);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_help_has_exit_codes_and_says_what_a_value_is_by_default(String name, CommandLine command) {
        CommandLineRun run = run(Stream.concat(words(name), Stream.of("--help")).toArray(String[]::new));

        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("Exit codes:", "  0", "  1", "  2").doesNotContain("${");
        assertThat(run(Stream.concat(words(name), Stream.of("--version")).toArray(String[]::new))
                        .out())
                .startsWith("verstak-server ");
        assertThat(run(Stream.concat(Stream.of("help"), words(name)).toArray(String[]::new))
                        .out())
                .isEqualTo(run.out());
    }

    static Stream<Arguments> commands() {
        List<CommandLine> all = new ArrayList<>();
        collect(CommandTree.of(new Main()), all);
        return all.stream()
                .filter(command -> !command.getCommandName().equals("help"))
                .map(command -> Arguments.of(command.getCommandSpec().qualifiedName(), command));
    }

    private static void collect(CommandLine command, List<CommandLine> all) {
        all.add(command);
        command.getSubcommands().values().forEach(each -> collect(each, all));
    }

    private static Stream<String> words(String name) {
        return Stream.of(name.split(" ")).skip(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verify --data missing --json",
                "admin block nobody --json",
                "admin create-user a b --json",
                "config check --listen nowhere --json",
                "verify --nonsense --json",
                "backup --to missing/b --json"
            })
    void with_json_a_refusal_is_json_on_standard_error(String words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words.split(" ")));
        if (!words.contains("--data")) {
            all.addAll(List.of("--data", SERVER.data().toString()));
        }
        CommandLineRun run = run(all.toArray(String[]::new));

        JsonNode error = new JsonMapper().readTree(run.err());
        assertThat(run.exit()).isNotZero();
        assertThat(run.out()).isEmpty();
        assertThat(error.required("status").textValue()).isEqualTo("error");
        assertThat(error.required("exit").intValue()).isEqualTo(run.exit());
        assertThat(error.required("errors").get(0).textValue()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({
        "x.tgz, .tar.zst",
        "x.tar.gz, .tar.zst",
        "X.ZIP, .tar.zst",
        "x.zst, .tar.zst",
        "missing/b, there is no folder"
    })
    void a_backup_goes_where_it_was_meant_or_nowhere(String name, String said) {
        CommandLineRun run = data("backup", "--to", folder.resolve(name).toString());

        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.err()).contains(said).hasLineCount(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_backup_inside_the_data_directory_is_refused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), SERVER.data());
        for (Path to : List.of(SERVER.data(), SERVER.data().resolve("b"), link.resolve("b.tar.zst"))) {
            assertThat(data("backup", "--to", to.toString()).err()).contains("inside the data directory");
        }
        assertThat(SERVER.data().resolve("b")).doesNotExist();
    }

    @Test
    void a_folder_that_cannot_be_written_is_said_in_words() {
        assertThat(data("backup", "--to", "/proc/foo").err())
                .startsWith("verstak-server: the backup to /proc/foo failed: /proc/")
                .doesNotContain("Exception");
        assertThat(run("restore", "--data", folder.resolve("d").toString(), "--from", "/nonexistent")
                        .err())
                .contains("/nonexistent: no such file or folder");
    }

    @Test
    void what_is_no_backup_is_named_so_and_restores_need_a_place() throws IOException {
        Path text = Files.writeString(folder.resolve("x.tar.zst"), "no archive");
        CommandLineRun run = run(
                "restore",
                "--from",
                text.toString(),
                "--data",
                folder.resolve("d").toString());

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains(text + ": not a backup").hasLineCount(1);
        assertThat(folder.resolve("d")).doesNotExist();
        assertThat(run("restore", "--from", text.toString()).err()).contains("restore needs --data DIR");
        assertThat(Path.of("verstak-data")).doesNotExist();
    }

    @Test
    void verify_says_what_to_do_with_another_schema() {
        run("admin", "invite", "--data", folder.toString());
        Path database = folder.resolve("server.db");
        TestDatabase.execute(database, "PRAGMA user_version = 14");
        assertThat(run("verify", "--data", folder.toString()).err())
                .contains("server.db has schema 14", "Start the server once");
        TestDatabase.execute(database, "PRAGMA user_version = 99");
        assertThat(run("verify", "--data", folder.toString()).err()).contains("schema 99", "run that release");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "short               | the password is too short",
                "password123         | among the most common ones",
                "                    | standard input: there is no password in the first line",
            })
    void a_password_that_is_refused_is_refused_in_words(String password, String said) {
        String typed = password == null ? "" : password;
        CommandLineRun run = typed(
                typed,
                "admin",
                "create-user",
                "bob",
                "bob@example.org",
                "--data",
                SERVER.data().toString());

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains(said).hasLineCount(1).doesNotContain("PASSWORD_");
        assertThat(typed(
                                "violet-harbour-42",
                                "admin",
                                "create-user",
                                "bob",
                                "bob",
                                "--data",
                                SERVER.data().toString())
                        .err())
                .contains("use one such as anna@example.org");
    }

    private static CommandLineRun data(String... words) {
        return run(Stream.concat(
                        Stream.of(words), Stream.of("--data", SERVER.data().toString()))
                .toArray(String[]::new));
    }

    private static CommandLineRun run(String... words) {
        return typed("", words);
    }

    private static CommandLineRun typed(String input, String... words) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return CommandLineRun.of(CommandTree.of(new Main()), words);
        } finally {
            System.setIn(before);
        }
    }
}
