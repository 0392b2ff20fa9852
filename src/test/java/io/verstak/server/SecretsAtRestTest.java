package io.verstak.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What somebody learns who gets hold of the server's files, its log or a backup. */
@OneEngine("looks into the files of the database and of a backup")
class SecretsAtRestTest {
    private static final String OTHER_PASSWORD = "copper-lantern-77";
    private static final String WRONG_PASSWORD = "a password that is wrong";
    private static final String MAIL_PASSWORD = "post-office-box-4711";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final List<String> secrets = new ArrayList<>(
            List.of(TestServer.PASSWORD, OTHER_PASSWORD, WRONG_PASSWORD, MAIL_PASSWORD, AdminScript.PASSWORD));

    @Test
    void s19_no_token_session_or_password_stands_in_plain_text_in_the_database_the_log_or_a_backup() throws Exception {
        try (TestServer server = TestServer.start(Map.of("log.requests", "true"))) {
            secrets.add(server.setupToken());
            useAll(server);
            CommandLineRun backup = CommandLineRun.of(
                    Main.commandLine(), "backup", "--data", server.data().toString(), "--to", folder.toString());

            assertThat(backup.exit()).as(backup.err()).isZero();
            assertThat(files(folder)).anyMatch(file -> file.endsWith("server.db"));
            assertThat(secrets).hasSizeGreaterThan(11).allMatch(secret -> secret.length() > 11);
            assertHoldNone(files(folder));
            assertHoldNone(files(server.data()));
            assertThat(backup.out() + backup.err() + LOG.lines()).doesNotContain(secrets);
        }
        assertThat(String.join("\n", LOG.lines())).doesNotContain(secrets);
    }

    private void useAll(TestServer server) {
        Web web = new Web(server);
        AdminScript admin = new AdminScript(server);
        secrets.add(admin.visitor().cookie("admin_session"));
        assertThat(admin.form(
                                "smtp",
                                "smtp_host=127.0.0.1",
                                "smtp_port=1",
                                "smtp_user=mailer",
                                "smtp_pass=" + MAIL_PASSWORD,
                                "smtp_security=none",
                                "smtp_from=sync@example.org")
                        .json()
                        .path("ok")
                        .asBoolean())
                .isTrue();
        web.register("anna", "anna@example.org", TestServer.PASSWORD);
        String confirm = web.mailedToken("anna@example.org", "confirm");
        secrets.add(confirm);
        web.confirm(confirm);
        secrets.add(web.session("anna"));
        web.login("anna", WRONG_PASSWORD);
        try (Desktop desktop = server.pair("anna", "main")) {
            desktop.make(OutboxOp.note("a", "b")).push();
            secrets.add(desktop.token());
        }
        web.forgot("anna@example.org");
        String reset = web.mailedToken("anna@example.org", "reset");
        secrets.add(reset);
        web.reset(reset, OTHER_PASSWORD);
        secrets.add(server.beside(accounts -> accounts.invitations().create(Actor.COMMAND_LINE, "")));
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private void assertHoldNone(List<Path> files) throws IOException {
        for (Path file : files) {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertThat(secrets).as(file.toString()).noneMatch(content::contains);
        }
    }
}
