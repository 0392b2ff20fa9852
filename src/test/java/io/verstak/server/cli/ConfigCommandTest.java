package io.verstak.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.verstak.server.Main;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        Run run = run("config", "check", "--config", file.toString(), "--data", data(), "--port", "0");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("fine").hasLineCount(1);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void check_looks_at_the_machine_as_a_start_would_and_changes_nothing() throws Exception {
        Path plain = Files.createFile(folder.resolve("plain"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "127.0.0.1:" + taken.getLocalPort();
            stopped(
                    run("config", "check", "--data", data(), "--listen", port),
                    "http.listen: cannot listen on " + port);
        }
        stopped(run("config", "check", "--data", data(), "--listen", "no-such-host.invalid:0"), "cannot be resolved");
        stopped(run("config", "check", "--data", data(), "--listen", "192.0.2.1:0"), "cannot listen on 192.0.2.1:0");
        stopped(run("config", "check", "--data", plain.toString(), "--port", "0"), plain + " is not a folder");
        stopped(run("config", "check", "--data", plain + "/data", "--port", "0"), "cannot be created");
        Files.writeString(file, "{\"storage\": {\"backup\": {\"directory\": \"%s\"}}}".formatted(plain));
        stopped(
                run("config", "check", "--config", file.toString(), "--data", data(), "--port", "0"),
                "backup.directory");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void check_reads_the_files_with_secrets() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), SECRET);
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
        Path key = Files.write(folder.resolve("key"), new byte[32]);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path missing = folder.resolve("missing");

        Run fine = checkPostgres(password, key, "");
        assertThat(fine.exit()).as(fine.toString()).isZero();
        assertThat(fine.err())
                .hasLineCount(1)
                .contains("warning: database.passwordFile: every user of this machine may read " + password)
                .contains("run chmod o-rwx");
        stopped(checkPostgres(missing, key, ""), "database.passwordFile: cannot read " + missing);
        stopped(checkPostgres(Files.createFile(folder.resolve("empty")), key, ""), "is empty");
        stopped(
                checkPostgres(password, missing, ""),
                "secrets.keyFile: " + missing + ": is missing: copy the key of the other nodes there");
        stopped(checkPostgres(password, password, ""), "holds 19 bytes and not a key of 32 bytes");
        stopped(checkPostgres(password, key, missing.toString()), "database.caFile");
        Files.writeString(file, """
                {"objects": {"kind": "s3", "endpoint": "http://127.0.0.1:9000", "bucket": "blobs",
                             "accessKeyFile": "%s", "secretKeyFile": "%s"}}""".formatted(key, missing));
        stopped(
                run("config", "check", "--config", file.toString(), "--data", data(), "--port", "0"),
                "objects.secretKeyFile: cannot read " + missing);
    }

    @Test
    void check_warns_of_a_bucket_for_several_nodes_without_their_common_key() throws Exception {
        Path key = Files.write(folder.resolve("key"), new byte[32]);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file, """
                {"database": {"url": "postgresql://db.invalid/verstak", "user": "verstak"},
                 "objects": {"kind": "s3", "endpoint": "http://127.0.0.1:9000", "bucket": "blobs",
                             "accessKeyFile": "%s", "secretKeyFile": "%s"}}""".formatted(key, key));

        Run run = run("config", "check", "--config", file.toString(), "--data", data(), "--port", "0");

        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(run.err()).hasLineCount(1).contains("warning: secrets.keyFile: is empty");
    }

    @Test
    void commands_on_the_files_of_a_database_refuse_a_postgresql() throws Exception {
        Files.writeString(
                file, "{\"database\": {\"url\": \"postgresql://db.invalid/verstak\", \"user\": \"verstak\"}}");

        for (String command : new String[] {"verify", "backup"}) {
            Run run = command.equals("backup")
                    ? run(
                            command,
                            "--config",
                            file.toString(),
                            "--to",
                            folder.resolve("b").toString())
                    : run(command, "--config", file.toString());
            refused(run, "this command is for a database in the data directory");
        }
    }

    private Run checkPostgres(Path password, Path key, String caFile) throws Exception {
        Files.writeString(file, """
                {"database": {"url": "postgresql://db.invalid/verstak", "user": "verstak", "passwordFile": "%s", "caFile": "%s"},
                 "secrets": {"keyFile": "%s"}}""".formatted(password, caFile, key));
        return run("config", "check", "--config", file.toString(), "--data", data(), "--port", "0");
    }

    @Test
    void check_beside_a_running_server_does_not_mind_its_port() throws Exception {
        try (TestServer server = TestServer.start()) {
            Run run = run(
                    "config", "check", "--data", server.data().toString(), "--listen", "127.0.0.1:" + server.port());

            assertThat(run.exit()).as(run.toString()).isZero();
            assertThat(run.out()).contains("a server is running");
        }
    }

    @Test
    void show_names_what_the_pages_of_administrators_override() throws Exception {
        run("admin", "invite", "--data", data());
        TestDatabase.execute(
                folder.resolve("data/server.db"),
                "INSERT INTO settings (name, value, updated_at) VALUES ('public_url', 'https://pages.example', 0),"
                        + " ('registration_domains', 'a.example b.example', 0)",
                "INSERT INTO mail_settings (id, host, port, security, username, sealed_password, sender, updated_at)"
                        + " VALUES (1, 'relay', 25, 'none', '', '%s', 'a@b.c', 0)".formatted(SECRET));

        Run run = run("config", "show", "--data", data(), "--config", file.toString());

        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("http\\.publicUrl +https://pages\\.example +admin pages"))
                .anyMatch(line -> line.matches("accounts\\.domains +a\\.example,b\\.example +admin pages"))
                .anyMatch(line -> line.matches("mail\\.host +relay +admin pages"))
                .anyMatch(line -> line.matches("mail\\.port +25 +admin pages"))
                .anyMatch(line -> line.matches("mail\\.password +\\*+ +admin pages"))
                .anyMatch(line -> line.matches("storage\\.dataDir .* flag"));
        assertThat(run.out()).doesNotContain(SECRET);
        assertThat(run("config", "show", "--json", "--data", data()).out()).contains("\"source\" : \"admin pages\"");
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private static void stopped(Run run, String words) {
        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.err()).contains(words).hasLineCount(1);
    }

    @Test
    void check_names_what_would_stop_a_start() throws Exception {
        Files.writeString(file, "{\"http\": {\"trustedProxies\": [\"proxy\"]}}");
        refused(run("config", "check", "--config", file.toString()), "http.trustedProxies");
        Files.writeString(file, "{\"mail\": {\"pasword\": \"%s\"}}".formatted(SECRET));
        refused(run("config", "check", "--config", file.toString()), "mail.pasword");
        Files.writeString(file, "{\"mail\": {\"password\": [\"%s\"]}}".formatted(SECRET));
        refused(run("config", "check", "--config", file.toString()), "mail.password");
        refused(run("config"), "check, folders, show");
    }

    private static void refused(Run run, String words) {
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains(words).doesNotContain(SECRET);
    }

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commands = CommandTree.of(new Main());
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        return new Run(commands.execute(arguments), out.toString(), err.toString());
    }
}
