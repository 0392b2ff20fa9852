package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.Futures;
import io.verstak.server.testkit.LyingProvider;
import io.verstak.server.testkit.Newcomers;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A provider that is trusted with the second factor, on a server that requires one of everybody. */
class TrustedProviderTest {
    private static final String URL = "https://sync.example.org";
    private static final String SET_UP = "/account/second-factor";
    private static final Vertx VERTX = Vertx.vertx();
    private static final LyingProvider PROVIDER = new LyingProvider(VERTX, Clock.systemUTC());

    @SuppressWarnings("NullAway.Init")
    private static TestServer server;

    private final String name = "p" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeAll
    static void start() {
        server = TestServer.start(settings(true));
    }

    @AfterAll
    static void stop() {
        server.close();
        PROVIDER.close();
        Futures.await(VERTX.close());
    }

    @BeforeEach
    void somebody() {
        PROVIDER.person(
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

    private static Map<String, String> settings(boolean trusted) {
        return Map.of(
                "http.publicUrl",
                URL,
                "accounts.secondFactor",
                "everybody",
                "accounts.oidc",
                new JsonArray()
                        .add(PROVIDER.configuration()
                                .put("administratorsGroup", "admins")
                                .put("trustsSecondFactor", trusted))
                        .encode());
    }

    private static Visitor signIn() {
        Visitor visitor = new Visitor(server);
        String there = visitor.get("/login/provider/lying").header("Location");
        Answer back = visitor.get(PROVIDER.authorize(there).substring(URL.length()));
        assertThat(Newcomers.accept(visitor, back).status()).isIn(200, 303);
        return visitor;
    }

    @Test
    void who_signs_in_there_need_set_up_nothing_here_not_even_as_an_administrator() {
        Visitor visitor = signIn();
        assertThat(visitor.get("/dashboard").status()).isEqualTo(200);
        assertThat(visitor.get("/admin/users").status()).isEqualTo(200);
        assertThat(server.rows("SELECT DISTINCT enrols FROM sessions WHERE owner = '" + name
                        + "' OR owner = (SELECT id FROM users WHERE username = '" + name + "')"))
                .containsExactly("0");
    }

    @Test
    void the_same_person_with_a_password_must_set_up_a_second_factor() {
        signIn();
        Web web = new Web(server);
        web.forgot(name + "@example.org");
        web.reset(web.mailedToken(name + "@example.org", "reset"), TestServer.PASSWORD);

        Visitor visitor = Visitor.user(server, name);

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
        server.reload(settings(false));
        try {
            assertThat(before.get("/dashboard").status()).isEqualTo(200);
            Visitor after = signIn();
            assertThat(after.get("/dashboard").header("Location")).isEqualTo(SET_UP);
            assertThat(after.get("/admin/users").header("Location")).isEqualTo("/admin/second-factor");
        } finally {
            server.reload(settings(true));
        }
    }
}
