package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may register, as the configuration has it. */
class RegistrationPolicyTest {
    private static final String PASSWORD = TestServer.PASSWORD;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @Test
    void s06_with_registration_closed_the_call_is_not_there() {
        try (TestServer server = TestServer.start(Map.of("accounts.registration", "closed"))) {
            Answer answer = new Web(server).register("anna", "anna@example.org", PASSWORD);

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("not_found");
        }
    }

    @Test
    void an_invitation_lets_one_person_register_and_no_second_one() {
        try (TestServer server = TestServer.start(Map.of("accounts.registration", "invitation"))) {
            Web web = new Web(server);
            String invitation = server.beside(accounts -> accounts.invitations().create(Actor.COMMAND_LINE, ""));

            assertThat(web.register("anna", "anna@example.org", PASSWORD).status())
                    .isEqualTo(403);
            assertThat(invited(web, "anna", "nonsense").status()).isEqualTo(403);
            assertThat(invited(web, "anna", invitation).status()).isEqualTo(200);
            assertThat(invited(web, "berta", invitation).status()).isEqualTo(403);
            assertThat(server.rows("SELECT username FROM users")).containsExactly("anna");
        }
    }

    @Test
    void a_registration_that_is_refused_does_not_use_the_invitation_up() {
        try (TestServer server = TestServer.start(Map.of("accounts.registration", "invitation"))) {
            server.addUser("anna");
            Web web = new Web(server);
            String invitation = server.beside(accounts -> accounts.invitations().create(Actor.COMMAND_LINE, ""));

            assertThat(invited(web, "anna", invitation).status()).isEqualTo(409);
            assertThat(invited(web, "berta", invitation).status()).isEqualTo(200);
        }
    }

    @Test
    void an_invitation_with_an_address_is_mailed_and_kept_without_its_token() {
        try (TestServer server = TestServer.start(Map.of("accounts.registration", "invitation"))) {
            Web web = new Web(server);
            String token =
                    server.beside(accounts -> accounts.invitations().create(Actor.COMMAND_LINE, "anna@example.org"));

            assertThat(web.mailedToken("anna@example.org", "invitation")).isEqualTo(token);
            assertThat(server.rows("SELECT token_hash FROM invitations"))
                    .containsExactly(Tokens.digest(token).hex());
        }
    }

    @Test
    void only_addresses_of_the_domains_register_and_subdomains_are_others() {
        try (TestServer server = TestServer.start(
                Map.of("accounts.registration", "domains", "accounts.domains", "Example.org,example.net"))) {
            Web web = new Web(server);

            assertThat(web.register("anna", "anna@EXAMPLE.ORG", PASSWORD).status())
                    .isEqualTo(200);
            assertThat(web.register("berta", "berta@example.com", PASSWORD).status())
                    .isEqualTo(403);
            assertThat(web.register("carla", "carla@mail.example.org", PASSWORD).status())
                    .isEqualTo(403);
            assertThat(web.register("dora", "dora@evil-example.org", PASSWORD).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void with_hidden_addresses_a_taken_one_looks_free_and_its_owner_is_told() {
        try (TestServer server = TestServer.start(Map.of("accounts.hideTakenEmail", "true"))) {
            server.addUser("anna");
            Web web = new Web(server);

            Answer taken = web.register("berta", "anna@example.org", PASSWORD);
            Answer free = web.register("carla", "carla@example.org", PASSWORD);

            assertThat(taken.status()).isEqualTo(free.status()).isEqualTo(200);
            assertThat(taken.text()).isEqualTo(free.text());
            assertThat(web.mail("anna@example.org", "address-taken").variables())
                    .containsEntry("user", "anna");
            assertThat(web.mails())
                    .noneMatch(mail -> mail.recipient().equals("anna@example.org")
                            && mail.kind().equals("confirm"));
            // Nor do later calls tell them apart.
            for (String name : new String[] {"berta", "carla"}) {
                assertThat(web.login(name, PASSWORD).text())
                        .isEqualTo(web.login("carla", PASSWORD).text());
                assertThat(web.register(name, "other@example.org", PASSWORD).status())
                        .isEqualTo(409);
            }
            assertThat(web.login("anna@example.org", PASSWORD).status()).isEqualTo(200);
        }
    }

    private static Answer invited(Web web, String name, String invitation) {
        return web.post(
                "/api/v1/auth/register",
                Web.registration(name, name + "@example.org", PASSWORD).put("invitation", invitation));
    }
}
