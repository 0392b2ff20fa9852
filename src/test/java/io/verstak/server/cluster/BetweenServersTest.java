package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.admin.Administration.NewUser;
import io.verstak.server.domain.Actor;
import io.verstak.server.mail.ScriptedSmtpServer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What begins at one of two servers and goes on at the other. */
class BetweenServersTest {
    private static final int MAILS = 16;

    private static ScriptedSmtpServer smtp;
    private static ServerPair servers;

    @BeforeAll
    static void start() throws Exception {
        smtp = ScriptedSmtpServer.plain();
        servers = ServerPair.start(Map.of(
                "mail.host", "localhost",
                "mail.port", String.valueOf(smtp.port()),
                "mail.security", "none",
                "mail.from", "sync@example.net"));
    }

    @AfterAll
    static void stop() throws Exception {
        servers.close();
        smtp.close();
    }

    @Test
    void a_password_that_a_form_at_one_server_makes_is_shown_once_by_the_other() {
        servers.beside(accounts -> accounts.administrators().put("root", TestServer.PASSWORD));
        String id = servers.beside(accounts -> accounts.administration()
                .createUser(Actor.COMMAND_LINE, new NewUser("anna", "anna@example.org", TestServer.PASSWORD)));
        TestServer[] at = {servers.one()};
        Visitor admin = new Visitor(() -> at[0].port());
        admin.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);

        String page = admin.send(
                        "/admin/user?id=" + id,
                        "/admin/user/reset-password",
                        "id=" + id,
                        "password=" + TestServer.PASSWORD)
                .header("Location");
        at[0] = servers.other();
        String password = found("<code>([a-z0-9]{20})</code>", admin.get(page).text());

        assertThat(servers.one()
                        .send(Request.post(
                                "/api/v1/auth/login",
                                Web.json()
                                        .put("username", "anna")
                                        .put("password", password)
                                        .toString()))
                        .status())
                .isEqualTo(200);
        for (TestServer server : new TestServer[] {servers.one(), servers.other()}) {
            at[0] = server;
            assertThat(admin.get(page).text()).doesNotContain(password);
        }
    }

    @Test
    void two_servers_that_send_mails_send_each_once() throws Exception {
        for (int i = 0; i < MAILS; i++) {
            TestServer server = i % 2 == 0 ? servers.one() : servers.other();
            String name = "newcomer" + i;
            assertThat(server.send(Request.post(
                                    "/api/v1/auth/register",
                                    Web.registration(name, name + "@example.org", TestServer.PASSWORD)
                                            .toString()))
                            .status())
                    .isEqualTo(200);
        }

        // A mail leaves the outbox when it has been accepted.
        while (!TestPostgres.rows(servers.access(), "SELECT id FROM outbox").isEmpty()) {
            Thread.onSpinWait();
        }
        Set<String> recipients = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (int left = smtp.messagesWaiting(); left > 0; left--) {
            String message = smtp.takeMessage();
            assertThat(ids.add(found("(?m)^Message-ID: (.*)$", message))).isTrue();
            recipients.add(found("(?m)^To: (.*)$", message).strip());
        }
        for (int i = 0; i < MAILS; i++) {
            assertThat(recipients).contains("newcomer" + i + "@example.org");
        }
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }
}
