package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Links that work once and for a time: what opens them when that is over. */
class ExpiredLinkTest {
    private static final String OVER = "This link no longer works";
    private static final String NEW_PASSWORD = "another-good-one-1";

    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    private final Web web = new Web(SERVER);

    @Test
    void a_reset_link_is_looked_at_as_often_as_one_likes_and_works_once() {
        String page = reset("anna");
        for (int i = 0; i < 3; i++) {
            assertThat(SERVER.send(Request.get(page)).text()).contains("name=\"token\"", "new-password");
        }
        String token = page.substring(page.indexOf('=') + 1);
        Visitor visitor = new Visitor(SERVER);
        assertThat(visitor.send(page, "/reset", "token=" + token, "password=short")
                        .text())
                .contains("name=\"token\"");
        assertThat(visitor.send(page, "/reset", "token=" + token, "password=" + NEW_PASSWORD)
                        .status())
                .isEqualTo(303);

        over(SERVER.send(Request.get(page)), "/forgot");
        over(visitor.send("/login", "/reset", "token=" + token, "password=" + NEW_PASSWORD), "/forgot");
    }

    @Test
    void an_expired_replaced_or_invented_reset_link_says_so_at_once() {
        String expired = reset("berta");
        SERVER.execute("UPDATE email_tokens SET expires_at = 1 WHERE purpose = 'reset'");
        over(SERVER.send(Request.get(expired)), "/forgot");

        String replaced = reset("carla");
        String newer = newer("carla", replaced);
        over(SERVER.send(Request.get(replaced)), "/forgot");
        assertThat(SERVER.send(Request.get(newer)).status()).isEqualTo(200);

        over(SERVER.send(Request.get("/reset?token=" + "0".repeat(64))), "/forgot");
        Answer none = SERVER.send(Request.get("/reset"));
        assertThat(none.status()).isEqualTo(200);
        assertThat(none.text()).contains("href=\"/forgot\"").doesNotContain("name=\"token\"");
    }

    @Test
    void an_invitation_that_was_used_or_withdrawn_says_so_at_once_and_a_good_one_stays_good() {
        try (TestServer server = TestServer.start(Map.of("accounts.registration", "invitation"))) {
            Visitor admin = new AdminScript(server).visitor();
            String link = invitation(admin);
            for (int i = 0; i < 3; i++) {
                assertThat(server.send(Request.get(link)).text()).contains("name=\"username\"");
            }
            Visitor guest = new Visitor(server);
            String invite = link.substring(link.indexOf('=') + 1);
            String[] fields = {
                "invite=" + invite, "username=dora", "email=dora@example.org", "password=" + TestServer.PASSWORD
            };
            assertThat(guest.send(link, "/register", fields).status()).isEqualTo(303);
            over(server.send(Request.get(link)), "/login");

            String withdrawn = invitation(admin);
            server.execute("DELETE FROM invitations WHERE used_by = ''");
            over(server.send(Request.get(withdrawn)), "/login");
        }
        assertThat(SERVER.send(Request.get("/register?invite=" + "0".repeat(64)))
                        .text())
                .as("nobody needs an invitation here")
                .contains("name=\"username\"");
    }

    @Test
    void tokens_are_not_guessed_faster_by_looking_than_by_trying() {
        Map<String, String> limits = Map.of(
                "rateLimits.enabled", "true", "rateLimits.reset.attempts", "3", "rateLimits.confirm.attempts", "3");
        try (TestServer server = TestServer.start(limits)) {
            for (String page : new String[] {"/reset?token=", "/api/v1/auth/confirm?token="}) {
                for (int i = 0; i < 3; i++) {
                    assertThat(server.send(Request.get(page + i)).status())
                            .as(page)
                            .isEqualTo(400);
                }
                Answer limited = server.send(Request.get(page + "x"));
                assertThat(limited.status()).as(page).isEqualTo(429);
                assertThat(limited.header("Retry-After")).isNotEmpty();
            }
        }
    }

    private String reset(String name) {
        SERVER.addUser(name);
        web.forgot(name + "@example.org");
        return "/reset?token=" + web.mailedToken(name + "@example.org", "reset");
    }

    /** The mail is written behind the answer. */
    private String newer(String name, String before) {
        web.forgot(name + "@example.org");
        long deadline = System.nanoTime() + 60_000_000_000L;
        String link = before;
        while (link.equals(before) && System.nanoTime() < deadline) {
            link = "/reset?token=" + web.mailedToken(name + "@example.org", "reset");
        }
        assertThat(link).isNotEqualTo(before);
        return link;
    }

    private static String invitation(Visitor admin) {
        String shown =
                admin.send("/admin/invitations", "/admin/invitations", "email=").header("Location");
        String text = admin.get(shown).text();
        int at = text.indexOf("/register?invite=");
        return text.substring(at, at + "/register?invite=".length() + 64);
    }

    private static void over(Answer answer, String wayOn) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text())
                .contains(OVER, "href=\"" + wayOn + "\"")
                .doesNotContain("name=\"token\"", "name=\"password\"");
    }
}
