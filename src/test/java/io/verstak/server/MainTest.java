package io.verstak.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.testkit.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line: what cannot be done ends with one line that says why, and an exit code for scripts. */
class MainTest {
    private static final String PASSWORD = "violet-harbour-42";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private record Run(int exit, String out, String err) {}

    @Test
    void version_and_help_are_printed() {
        assertThat(run("--version").out()).matches("verstak-server \\S+ \\(\\S+\\)\\R");
        Run help = run("--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out())
                .contains("--config", "--data", "--listen", "--port", "--admin-user")
                .contains("--admin-pass", "--admin-pass-file", "--admin-pass-stdin", "admin", "serve");
        assertThat(run("admin", "create-user", "--help").out()).contains("NAME", "EMAIL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--nonsense",
                "nonsense",
                "--port x",
                "--port 65536",
                "--port -1",
                "--listen nowhere",
                "--listen 127.0.0.1:65536",
                "admin",
                "admin nonsense",
                "--admin-user root",
                "--admin-pass secret",
                "--admin-user root --admin-pass a --admin-pass-stdin",
                "--admin-user root --admin-pass-file /nonexistent/file",
                "--config /nonexistent/file.json"
            })
    void a_wrong_command_line_is_one_line_and_exit_code_2(String arguments) {
        assertOneLine(run(arguments.split(" ")), 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'htp':{}}                          | htp                  | {}    | http",
                "{'http':{'lisen':'x'}}              | http.lisen           | x     | listen",
                "{'http':5}                          | http                 | 5     | an object",
                "{'limits':{'maxPullPage':0}}        | limits.maxPullPage   | 0     | from 1 to 10000",
                "{'limits':{'maxPullPage':'9'}}      | limits.maxPullPage   | \"9\" | a whole number",
                "{'limits':{'maxPullPage':1.5}}      | limits.maxPullPage   | 1.5   | a whole number",
                "{'limits':{'maxPullPage':null}}     | limits.maxPullPage   | null  | a whole number",
                "{'log':{'level':'loud'}}            | log.level            | loud  | error, warn, info, debug",
                "{'rateLimits':{'enabled':'yes'}}    | rateLimits.enabled   | yes   | true or false",
                "{'http':{'publicUrl':'ftp://x'}}    | http.publicUrl       | ftp   | https://",
                "{'http':{'trustedProxies':'::1'}}   | http.trustedProxies  | ::1   | a list of strings",
                "{'storage':{'dataDir':''}}          | storage.dataDir      | \"\"  | a path"
            })
    void a_bad_setting_is_one_line_that_names_key_value_and_what_is_allowed(
            String json, String key, String value, String allowed) throws Exception {
        Path file = Files.writeString(folder.resolve("config.json"), json.replace('\'', '"'));

        Run run = run("--config", file.toString());

        assertOneLine(run, 2);
        assertThat(run.err()).contains(key, value, allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{} {}", "{\"http\":{},\"http\":{}}", "{\"log\":{\"level\":\"info\"},}"})
    void a_configuration_that_is_not_one_json_object_is_one_line(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("config.json"), text);

        Run run = run("--config", file.toString());

        assertOneLine(run, 2);
        assertThat(run.err()).contains(file.toString());
    }

    @Test
    void a_port_in_use_is_one_line() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run run = run("--data", folder.toString(), "--listen", "127.0.0.1:" + taken.getLocalPort());

            assertOneLine(run, 1);
            assertThat(run.err()).contains("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1:0", "no-such-host.invalid:0"})
    void an_address_that_is_not_this_machines_is_one_line(String address) {
        Run run = run("--data", folder.toString(), "--listen", address);

        assertOneLine(run, 1);
        assertThat(run.err()).contains(address);
    }

    @Test
    void s44_a_second_process_on_the_data_directory_is_refused() throws Exception {
        try (DataDirectory first = DataDirectory.open(folder)) {
            Run run = run("--data", folder.toString(), "--listen", "127.0.0.1:0");

            assertOneLine(run, 1);
            assertThat(run.err()).contains(folder.toString(), "another");
            assertThat(first.database()).exists();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "file/data"})
    void s44_a_data_directory_that_cannot_be_written_is_one_line(String name) throws Exception {
        Files.createFile(folder.resolve("file"));

        Run run = run("--data", folder.resolve(name).toString(), "--listen", "127.0.0.1:0");

        assertOneLine(run, 1);
        assertThat(run.err()).contains("file");
        assertOneLine(run("--data", "/proc/verstak", "--listen", "127.0.0.1:0"), 1);
        assertOneLine(run("admin", "list-users", "--data", "/proc/verstak"), 1);
    }

    @ParameterizedTest
    @CsvSource({"99, newer", "13, 'Start the version that wrote schema 14 once'"})
    void a_foreign_schema_is_refused_and_left_as_it_is(String schema, String advice) {
        run("admin", "invite", "anna@example.org", "--data", folder.toString());
        Path database = folder.resolve("server.db");
        TestDatabase.execute(database, "PRAGMA user_version = " + schema);

        Run run = run("--data", folder.toString(), "--listen", "127.0.0.1:0");

        assertOneLine(run, 1);
        assertThat(run.err()).contains("schema " + schema, advice);
        assertThat(TestDatabase.rows(database, "PRAGMA user_version")).containsExactly(schema);
    }

    @Test
    void a_file_that_is_no_database_is_one_line() throws Exception {
        Files.writeString(folder.resolve("server.db"), "no database, but text of some length ".repeat(100));

        assertOneLine(run("--data", folder.toString(), "--listen", "127.0.0.1:0"), 1);
    }

    @Test
    void s44_what_the_server_makes_is_its_owners_alone() throws Exception {
        Path data = folder.resolve("a/data");
        run("admin", "invite", "anna@example.org", "--data", data.toString());
        try (DataDirectory directory = DataDirectory.open(data)) {
            assertThat(directory.blobs()).exists();
        }

        Map<String, String> modes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                modes.put(data.relativize(file).toString(), mode);
            }
        }
        assertThat(modes)
                .containsEntry("", "rwx------")
                .containsEntry("blobs", "rwx------")
                .containsEntry("tmp", "rwx------")
                .containsEntry("server.db", "rw-------")
                .containsEntry("server.lock", "rw-------");
        assertThat(modes.values()).containsOnly("rwx------", "rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"list-users", "block anna", "unblock anna", "reset-password anna"})
    void a_command_on_users_makes_no_data_directory_out_of_a_mistyped_path(String command) {
        Path missing = folder.resolve("missing");
        List<String> words = new ArrayList<>(List.of("admin"));
        words.addAll(List.of(command.split(" ")));
        words.addAll(List.of("--data", missing.toString()));

        Run run = run(words.toArray(String[]::new));

        assertOneLine(run, 1);
        assertThat(run.err()).contains(missing.toString(), "there is no server.db");
        assertThat(missing).doesNotExist();
    }

    @Test
    void users_are_made_and_listed() {
        Run made = runWithInput(PASSWORD + "\n", "admin", "create-user", "alice", "alice@example.org");
        Run listed = runWithInput("", "admin", "list-users");

        assertThat(made.exit()).isZero();
        assertThat(made.out()).matches("created alice [0-9a-f]{24}\\R");
        assertThat(listed.out())
                .contains("alice", "alice@example.org", "confirmed")
                .startsWith("ID ")
                .hasLineCount(2);
    }

    @Test
    void a_user_that_cannot_be_made_is_one_line() {
        runWithInput(PASSWORD + "\n", "admin", "create-user", "alice", "alice@example.org");

        assertOneLine(runWithInput(PASSWORD, "admin", "create-user", "ALICE", "other@example.org"), 1);
        assertOneLine(runWithInput(PASSWORD, "admin", "create-user", "other", "Alice@Example.org"), 1);
        assertOneLine(runWithInput(PASSWORD, "admin", "create-user", "a@b", "ab@example.org"), 1);
        assertOneLine(runWithInput(PASSWORD, "admin", "create-user", "bob", "no address"), 1);
        assertOneLine(runWithInput("short", "admin", "create-user", "bob", "bob@example.org"), 1);
        assertOneLine(runWithInput("", "admin", "create-user", "bob", "bob@example.org"), 1);
        assertOneLine(runWithInput("password123", "admin", "create-user", "bob", "bob@example.org"), 1);
        assertThat(runWithInput("", "admin", "list-users").out()).hasLineCount(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"brief-7", "password1234"})
    void an_administrator_with_a_bad_password_is_one_line(String password) {
        Run run = run(
                "--data",
                folder.toString(),
                "--listen",
                "127.0.0.1:0",
                "--admin-user",
                "root",
                "--admin-pass",
                password);

        assertOneLine(run, 1);
        assertThat(run.err()).doesNotContain(password);
    }

    private Run runWithInput(String input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            String[] all = Stream.concat(Stream.of(arguments), Stream.of("--data", folder.toString()))
                    .toArray(String[]::new);
            return run(all);
        } finally {
            System.setIn(before);
        }
    }

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commands = Main.commandLine();
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        return new Run(commands.execute(arguments), out.toString(), err.toString());
    }

    private static void assertOneLine(Run run, int exit) {
        assertThat(run.exit()).as(run.toString()).isEqualTo(exit);
        assertThat(run.err()).startsWith("verstak-server: ").hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }
}
