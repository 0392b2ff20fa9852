package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.ProviderServer;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A provider that is trusted with the second factor, on a server that requires one of everybody. */
class TrustedProviderTest {
    private static final String SET_UP = "/account/second-factor";

    @AutoClose
    private static final ProviderServer BOTH =
            new ProviderServer(Clock.systemUTC(), trusted(true), Map.of("accounts.secondFactor", "everybody"));

    private static final TestServer SERVER = BOTH.server();

    private final String name = ProviderServer.name();

    @BeforeEach
    void somebody() {
        BOTH.provider()
                .person(
                        "s-" + name,
                        Map.of(
                                "preferred_username",
                                name,
                                "email",
                                name + "@example.org",
                                "email_verified",
                                true,
                                "groups",
                                List.of("admins")));
    }

    private static Consumer<JsonObject> trusted(boolean trusted) {
        return provider -> provider.put("administratorsGroup", "admins").put("trustsSecondFactor", trusted);
    }

    private static Visitor signIn() {
        Visitor visitor = new Visitor(SERVER);
        assertThat(BOTH.signIn(visitor).status()).isIn(200, 303);
        return visitor;
    }

    @Test
    void who_signs_in_there_need_set_up_nothing_here_not_even_as_an_administrator() {
        Visitor visitor = signIn();
        assertThat(visitor.get("/dashboard").status()).isEqualTo(200);
        assertThat(visitor.get("/admin/users").status()).isEqualTo(200);
        assertThat(SERVER.rows("SELECT DISTINCT enrols FROM sessions WHERE owner = '" + name
                        + "' OR owner = (SELECT id FROM users WHERE username = '" + name + "')"))
                .containsExactly("0");
    }

    @Test
    void the_same_person_with_a_password_must_set_up_a_second_factor() {
        signIn();
        Web web = new Web(SERVER);
        web.forgot(name + "@example.org");
        web.reset(web.mailedToken(name + "@example.org", "reset"), TestServer.PASSWORD);

        Visitor visitor = Visitor.user(SERVER, name);

        assertThat(visitor.get("/dashboard").header("Location")).isEqualTo(SET_UP);
        assertThat(visitor.get("/admin/users").header("Location")).isEqualTo("/admin/second-factor");
        AuthenticatorApp.setUp(visitor, SET_UP, Clock.systemUTC());
        assertThat(visitor.get("/dashboard").status()).isEqualTo(200);
        assertThat(signIn().get("/dashboard").status())
                .as("without the second step, as before")
                .isEqualTo(200);
    }

    @Test
    void a_provider_that_is_not_trusted_satisfies_no_policy_from_the_next_sign_in_on() {
        Visitor before = signIn();
        BOTH.reload(trusted(false));
        try {
            assertThat(before.get("/dashboard").status()).isEqualTo(200);
            Visitor after = signIn();
            assertThat(after.get("/dashboard").header("Location")).isEqualTo(SET_UP);
            assertThat(after.get("/admin/users").header("Location")).isEqualTo("/admin/second-factor");
        } finally {
            BOTH.reload(trusted(true));
        }
    }
}
