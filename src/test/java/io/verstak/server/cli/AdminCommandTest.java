package io.verstak.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.Main;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code verstak-server admin …} beside a server that runs. */
class AdminCommandTest {
    private static final String OTHER_PASSWORD = "copper-lantern-77";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of("accounts.registration", "invitation"));

    private final Web web = new Web(SERVER);

    private record Run(int exit, String out, String err) {
        JsonNode json() {
            try {
                return new JsonMapper().readTree(out);
            } catch (IOException e) {
                throw new AssertionError(this.toString(), e);
            }
        }
    }

    @Test
    void a_user_that_a_command_made_signs_in_and_is_listed() {
        Run made = run(TestServer.PASSWORD, "create-user", "anna", "anna@example.org", "--json");

        assertThat(made.json().required("user_id").textValue()).matches("[0-9a-f]{24}");
        assertThat(web.login("anna", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(run("", "list-users").out()).contains("anna@example.org", "confirmed");
        assertThat(run("", "list-users", "--json").json().findValuesAsText("username"))
                .contains("anna");
    }

    @Test
    void block_and_unblock_reach_the_running_server() {
        SERVER.addUser("berta");

        assertThat(run("", "block", "berta", "--json").out().strip()).contains("\"blocked\":true");
        assertThat(web.login("berta", TestServer.PASSWORD).status()).isEqualTo(403);
        assertThat(run("", "list-users").out()).contains("blocked");
        assertThat(run("", "unblock", "berta@example.org").exit()).isZero();
        assertThat(web.login("berta", TestServer.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void reset_password_makes_one_up_or_takes_it_from_standard_input() {
        SERVER.addUser("carla");

        String made = run("", "reset-password", "carla", "--json")
                .json()
                .required("new_password")
                .textValue();
        assertThat(web.login("carla", made).status()).isEqualTo(200);

        Run chosen = run(OTHER_PASSWORD, "reset-password", "carla", "--password-stdin", "--revoke-devices");
        assertThat(chosen.out()).doesNotContain(OTHER_PASSWORD);
        assertThat(web.login("carla", OTHER_PASSWORD).status()).isEqualTo(200);
        assertThat(web.login("carla", made).status()).isEqualTo(401);
    }

    @Test
    void reset_second_factor_lets_a_user_or_an_administrator_in_with_the_password_alone() {
        SERVER.addUser("olga");
        SERVER.execute(
                "INSERT INTO totp_secrets (realm, owner, secret, last_step, created_at) SELECT 'user', id, '', 0, 0 FROM users"
                        + " WHERE username = 'olga'",
                "INSERT INTO totp_secrets (realm, owner, secret, last_step, created_at) VALUES ('administrator', 'olga', '', 0,"
                        + " 0)");
        run(OTHER_PASSWORD, "create-admin", "Olga");
        assertThat(web.login("olga", TestServer.PASSWORD).status()).isEqualTo(403);

        assertThat(run("", "reset-second-factor", "olga@example.org", "--json").out())
                .contains("\"reset\":true");
        assertThat(web.login("olga", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(SERVER.rows("SELECT owner FROM totp_secrets")).containsExactly("olga");
        assertThat(run("", "reset-second-factor", "Olga", "--administrator").exit())
                .isZero();
        assertThat(SERVER.rows("SELECT owner FROM totp_secrets")).isEmpty();
        assertThat(run("", "reset-second-factor", "olga").out()).contains("has no second factor");
        assertThat(run("", "reset-second-factor", "nobody").exit()).isEqualTo(1);
    }

    @Test
    void an_invitation_of_the_command_registers_somebody() {
        JsonNode invited = run("", "invite", "--json").json();
        String token = invited.required("invitation").textValue();

        assertThat(invited.required("link").textValue()).endsWith("/register?invite=" + token);
        assertThat(web.post(
                                "/api/v1/auth/register",
                                Web.registration("dora", "dora@example.org", TestServer.PASSWORD)
                                        .put("invitation", token))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void an_invitation_says_what_its_link_and_its_mail_depend_on(@TempDir Path folder) throws IOException {
        String[] quiet = {"invite", "--port", "1", "--json"};
        assertThat(run("", quiet).json().has("notes")).isFalse();
        assertThat(run("", "invite").err())
                .contains("since http.publicUrl is not set", "--port")
                .hasLineCount(1);
        assertThat(run("", "invite", "--json").json().get("notes").get(0).textValue())
                .contains("--port");
        assertThat(run("", "invite", "--port", "1", "gerd@example.org").err())
                .contains("no mail server is set, so the mail waits")
                .hasLineCount(1);
        String mail = Files.writeString(
                        folder.resolve("mail.json"),
                        "{\"mail\": {\"host\": \"localhost\", \"from\": \"sync@example.org\"}}")
                .toString();
        String[] toGerd = {"invite", "--port", "1", "--config", mail, "gerd@example.org"};
        assertThat(run("", toGerd).err()).isEmpty();
        SERVER.whileStopped(
                data -> assertThat(run("", toGerd).err()).contains("the mail is sent when the server runs"));
    }

    @Test
    void an_administrator_takes_a_longer_password_than_a_user() {
        assertThat(run("violet-4242", "create-admin", "root").err())
                .contains("the password is too short", "administrators: 12");
        assertThat(run("a long enough passphrase", "create-admin", "root").exit())
                .isZero();
    }

    @Test
    void a_device_is_listed_and_revoked_beside_the_running_server() {
        SERVER.addUser("erna");
        try (Desktop laptop = SERVER.pair("erna", "notes")) {
            JsonNode listed = run("", "list-devices", "erna", "--json").json();
            assertThat(listed.get(0).required("id").textValue()).isEqualTo(laptop.id());
            assertThat(listed.get(0).required("revoked").booleanValue()).isFalse();
            assertThat(run("", "list-devices", "erna@example.org").out()).contains(laptop.id(), "active");

            assertThat(run("", "revoke-device", laptop.id()).exit()).isZero();

            assertThat(run("", "list-devices", "erna").out()).contains("revoked");
            awaitStatus(
                    401,
                    () -> SERVER.send(Request.get("/api/client/me").bearer(laptop.token()))
                            .status());
            audited("device_revoked", "command line");
            assertThat(run("", "revoke-device", "dev_none").err()).contains("There is no such device.");
        }
        assertThat(run("", "list-devices", "anna-nobody").exit()).isEqualTo(1);
    }

    @Test
    void a_user_is_confirmed_and_deleted_beside_the_running_server() {
        SERVER.addUser("fritz");
        TestDatabase.execute(SERVER.database(), "UPDATE users SET confirmed = 0 WHERE username = 'fritz'");
        assertThat(web.login("fritz", TestServer.PASSWORD).status()).isEqualTo(403);

        assertThat(run("", "confirm-user", "fritz", "--json")
                        .json()
                        .required("status")
                        .textValue())
                .isEqualTo("ok");
        assertThat(web.login("fritz", TestServer.PASSWORD).status()).isEqualTo(200);
        audited("user_confirmed", "command line");

        Run asked = run("", "delete-user", "fritz");
        assertThat(asked.exit()).isEqualTo(1);
        assertThat(asked.err()).contains("fritz@example.org", "--yes");
        assertThat(web.login("fritz", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(run("", "delete-user", "fritz", "--yes").out()).contains("deleted fritz");
        assertThat(web.login("fritz", TestServer.PASSWORD).status()).isEqualTo(401);
        audited("user_deleted", "command line");
    }

    @Test
    void administrators_are_listed_and_deleted_but_never_the_last() {
        try (TestServer server = TestServer.start()) {
            assertThat(on(server, "", "list-admins").out()).contains("there are no administrators yet");
            AdminScript root = new AdminScript(server);
            assertThat(on(server, "", "delete-admin", AdminScript.NAME).err()).contains("create another one first");
            assertThat(root.get("stats").status()).isEqualTo(200);

            on(server, "another long passphrase", "create-admin", "second");
            assertThat(on(server, "", "list-admins", "--json").json().findValuesAsText("username"))
                    .containsExactly("root", "second");
            assertThat(on(server, "", "delete-admin", " ROOT").exit()).isZero();

            awaitStatus(401, () -> root.get("stats").status());
            assertThat(on(server, "", "list-admins").out()).contains("second").doesNotContain("root");
            assertThat(TestDatabase.rows(
                            server.database(), "SELECT message FROM audit_log WHERE type = 'administrator_deleted'"))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("command line");
            assertThat(on(server, "", "delete-admin", "nobody").err()).contains("no administrator with this name");
        }
    }

    @Test
    void an_administrators_name_follows_the_rule_for_names() {
        assertThat(run("a long enough passphrase", "create-admin", "no name").err())
                .contains("3 to 64 letters");
    }

    private static void audited(String type, String by) {
        assertThat(TestDatabase.rows(
                        SERVER.database(), "SELECT message FROM audit_log WHERE type = '%s'".formatted(type)))
                .anyMatch(text -> text.contains(by));
    }

    /** A running server notices what a command has done within a quarter of a second. */
    private static void awaitStatus(int wanted, IntSupplier asked) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (asked.getAsInt() != wanted) {
            assertThat(System.nanoTime()).as("status " + asked.getAsInt()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void what_cannot_be_done_is_one_line_and_exit_code_1() {
        for (String command : new String[] {"block", "unblock", "reset-password"}) {
            Run run = run("", command, "nobody");
            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err()).startsWith("verstak-server: ").hasLineCount(1);
            assertThat(run.out()).isEmpty();
        }
        assertThat(run("", "invite", "no address").exit()).isEqualTo(1);
    }

    private static Run run(String stdin, String... arguments) {
        return on(SERVER, stdin, arguments);
    }

    private static Run on(TestServer server, String stdin, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)));
        try {
            List<String> all = new ArrayList<>(List.of("admin"));
            all.addAll(List.of(arguments));
            all.addAll(List.of("--data", server.data().toString()));
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            CommandLine commands = CommandTree.of(new Main());
            commands.setOut(new PrintWriter(out, true));
            commands.setErr(new PrintWriter(err, true));
            int exit = commands.execute(all.toArray(String[]::new));
            return new Run(exit, out.toString(), err.toString());
        } finally {
            System.setIn(before);
        }
    }
}
