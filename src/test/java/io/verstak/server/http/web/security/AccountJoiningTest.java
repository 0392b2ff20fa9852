package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Futures;
import io.verstak.server.testkit.LyingProvider;
import io.verstak.server.testkit.Newcomers;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attempts to be joined to the account of somebody else, at a provider whose verified addresses join accounts. */
class AccountJoiningTest {
    private static final String URL = "https://sync.example.org";

    private static final Vertx VERTX = Vertx.vertx();
    private static final LyingProvider PROVIDER = new LyingProvider(VERTX, Clock.systemUTC());

    @SuppressWarnings("NullAway.Init")
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of(
                "http.publicUrl",
                URL,
                "accounts.oidc",
                new JsonArray()
                        .add(PROVIDER.configuration().put("joinByEmail", true))
                        .encode()));
    }

    @AfterAll
    static void stop() {
        server.close();
        PROVIDER.close();
        Futures.await(VERTX.close());
    }

    private static String name() {
        return "j" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Signs in as a person of the provider, of whose address it says this. */
    private static Answer signIn(Visitor visitor, String subject, String email, @Nullable Object verified) {
        Map<String, Object> said = new HashMap<>(Map.of("preferred_username", subject, "email", email));
        if (verified != null) {
            said.put("email_verified", verified);
        }
        PROVIDER.person(subject, said);
        String there = visitor.get("/login/provider/lying").header("Location");
        return Newcomers.accept(visitor, visitor.get(PROVIDER.authorize(there).substring(URL.length())));
    }

    private static String address(String name) {
        return name + "@example.org";
    }

    private static boolean isSignedInAs(Visitor visitor, String name) {
        return visitor.get("/account").text().contains(address(name));
    }

    private static List<String> subjects(String name) {
        return server.rows("SELECT i.subject FROM identities i JOIN users u ON u.id = i.user_id WHERE u.username = '"
                + name + "' ORDER BY i.subject");
    }

    @Test
    void v10_an_address_joins_only_if_the_provider_says_plainly_that_it_is_verified() {
        String name = name();
        server.addUser(name);
        for (Object said : new Object[] {false, "false", "TRUE", "yes", 1, List.of(true)}) {
            Visitor thief = new Visitor(server);
            assertThat(signIn(thief, "thief-" + name, address(name), said).status())
                    .as(String.valueOf(said))
                    .isEqualTo(409);
            assertThat(isSignedInAs(thief, name)).isFalse();
        }
        assertThat(signIn(new Visitor(server), "thief-" + name, address(name), null)
                        .status())
                .isEqualTo(409);
        assertThat(subjects(name)).isEmpty();

        Visitor owner = new Visitor(server);
        assertThat(signIn(owner, "owner-" + name, address(name).toUpperCase(Locale.ROOT), "true")
                        .status())
                .isEqualTo(303);
        assertThat(isSignedInAs(owner, name)).isTrue();
        assertThat(subjects(name)).containsExactly("owner-" + name);
    }

    @Test
    void v10_an_address_that_went_to_somebody_else_at_the_provider_opens_no_account() {
        String name = name();
        server.addUser(name);
        signIn(new Visitor(server), "first-" + name, address(name), true);
        Visitor heir = new Visitor(server);

        Answer refused = signIn(heir, "heir-" + name, address(name), true);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("An account with this email address exists already");
        assertThat(isSignedInAs(heir, name)).isFalse();
        assertThat(subjects(name)).containsExactly("first-" + name);
    }

    @Test
    void v10_the_address_that_an_account_had_before_opens_it_no_more() {
        String name = name();
        server.addUser(name);
        server.execute("UPDATE users SET email = 'new-" + address(name) + "', email_key = 'new-" + address(name)
                + "' WHERE username = '" + name + "'");
        Visitor heir = new Visitor(server);

        signIn(heir, "heir-" + name, address(name), true);

        assertThat(isSignedInAs(heir, "new-" + name)).isFalse();
        assertThat(subjects(name)).isEmpty();
    }

    @Test
    void v10_an_account_that_nobody_has_confirmed_is_not_joined() {
        String name = name();
        new Web(server).register(name, address(name), "chosen-by-a-stranger-7");
        Visitor owner = new Visitor(server);

        assertThat(signIn(owner, "owner-" + name, address(name), true).status()).isEqualTo(409);
        assertThat(subjects(name)).isEmpty();
    }

    @Test
    void v10_a_blocked_account_is_not_joined() {
        String name = name();
        server.addUser(name);
        server.execute("UPDATE users SET blocked = 1 WHERE username = '" + name + "'");

        assertThat(signIn(new Visitor(server), "owner-" + name, address(name), true)
                        .text())
                .contains("blocked");
        assertThat(subjects(name)).isEmpty();
    }

    @Test
    void v6_a_stranger_who_began_an_account_with_an_address_does_not_share_it_with_its_owner() {
        String name = name();
        Web web = new Web(server);
        Visitor stranger = new Visitor(server);
        assertThat(signIn(stranger, name, address(name), false).status()).isEqualTo(403);
        assertThat(subjects(name)).containsExactly(name);

        web.forgot(address(name));
        assertThat(web.reset(web.mailedToken(address(name), "reset"), TestServer.PASSWORD)
                        .status())
                .isEqualTo(200);

        assertThat(isSignedInAs(Visitor.user(server, name), name)).isTrue();
        assertThat(signIn(stranger, name, address(name), false).status()).isEqualTo(409);
        assertThat(isSignedInAs(stranger, name)).isFalse();
        assertThat(subjects(name)).isEmpty();
    }

    @Test
    void v6_another_password_by_mail_leaves_the_providers_of_a_confirmed_account() {
        String name = name();
        Web web = new Web(server);
        signIn(new Visitor(server), name, address(name), true);
        web.forgot(address(name));
        web.reset(web.mailedToken(address(name), "reset"), TestServer.PASSWORD);

        assertThat(subjects(name)).containsExactly(name);
    }
}
