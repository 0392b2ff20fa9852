package io.verstak.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
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

        assertThat(run("", "block", "berta", "--json").out().strip()).contains("\"blocked\":1");
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
    void an_administrator_takes_a_longer_password_than_a_user() {
        assertThat(run("violet-4242", "create-admin", "root").err()).contains("PASSWORD_TOO_SHORT");
        assertThat(run("a long enough passphrase", "create-admin", "root").exit())
                .isZero();
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
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)));
        try {
            List<String> all = new ArrayList<>(List.of("admin"));
            all.addAll(List.of(arguments));
            all.addAll(List.of("--data", SERVER.data().toString()));
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            CommandLine commands = Main.commandLine();
            commands.setOut(new PrintWriter(out, true));
            commands.setErr(new PrintWriter(err, true));
            int exit = commands.execute(all.toArray(String[]::new));
            return new Run(exit, out.toString(), err.toString());
        } finally {
            System.setIn(before);
        }
    }
}
