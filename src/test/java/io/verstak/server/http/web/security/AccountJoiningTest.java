package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.ProviderServer;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Attempts to be joined to the account of somebody else, at a provider whose verified addresses join accounts. */
class AccountJoiningTest {
    @AutoClose
    private static final ProviderServer BOTH =
            new ProviderServer(Clock.systemUTC(), provider -> provider.put("joinByEmail", true), Map.of());

    private static final TestServer SERVER = BOTH.server();

    /** Signs in as a person of the provider, of whose address it says this. */
    private static Answer signIn(Visitor visitor, String subject, String email, @Nullable Object verified) {
        Map<String, Object> said = new HashMap<>(Map.of("preferred_username", subject, "email", email));
        if (verified != null) {
            said.put("email_verified", verified);
        }
        BOTH.provider().person(subject, said);
        return BOTH.signIn(visitor);
    }

    private static String address(String name) {
        return name + "@example.org";
    }

    private static boolean isSignedInAs(Visitor visitor, String name) {
        return visitor.get("/account").text().contains(address(name));
    }

    private static List<String> subjects(String name) {
        return SERVER.rows("SELECT i.subject FROM identities i JOIN users u ON u.id = i.user_id WHERE u.username = '"
                + name + "' ORDER BY i.subject");
    }

    @Test
    void v10_an_address_joins_only_if_the_provider_says_plainly_that_it_is_verified() {
        String name = ProviderServer.name();
        SERVER.addUser(name);
        for (Object said : new Object[] {false, "false", "TRUE", "yes", 1, List.of(true)}) {
            Visitor thief = new Visitor(SERVER);
            assertThat(signIn(thief, "thief-" + name, address(name), said).status())
                    .as(String.valueOf(said))
                    .isEqualTo(409);
            assertThat(isSignedInAs(thief, name)).isFalse();
        }
        assertThat(signIn(new Visitor(SERVER), "thief-" + name, address(name), null)
                        .status())
                .isEqualTo(409);
        assertThat(subjects(name)).isEmpty();

        Visitor owner = new Visitor(SERVER);
        assertThat(signIn(owner, "owner-" + name, address(name).toUpperCase(Locale.ROOT), "true")
                        .status())
                .isEqualTo(303);
        assertThat(isSignedInAs(owner, name)).isTrue();
        assertThat(subjects(name)).containsExactly("owner-" + name);
    }

    @Test
    void v10_an_address_that_went_to_somebody_else_at_the_provider_opens_no_account() {
        String name = ProviderServer.name();
        SERVER.addUser(name);
        signIn(new Visitor(SERVER), "first-" + name, address(name), true);
        Visitor heir = new Visitor(SERVER);

        Answer refused = signIn(heir, "heir-" + name, address(name), true);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("An account with this email address exists already");
        assertThat(isSignedInAs(heir, name)).isFalse();
        assertThat(subjects(name)).containsExactly("first-" + name);
    }

    @Test
    void v10_the_address_that_an_account_had_before_opens_it_no_more() {
        String name = ProviderServer.name();
        SERVER.addUser(name);
        SERVER.execute("UPDATE users SET email = 'new-" + address(name) + "', email_key = 'new-" + address(name)
                + "' WHERE username = '" + name + "'");
        Visitor heir = new Visitor(SERVER);

        signIn(heir, "heir-" + name, address(name), true);

        assertThat(isSignedInAs(heir, "new-" + name)).isFalse();
        assertThat(subjects(name)).isEmpty();
    }

    @Test
    void v10_an_account_that_nobody_has_confirmed_is_not_joined() {
        String name = ProviderServer.name();
        new Web(SERVER).register(name, address(name), "chosen-by-a-stranger-7");
        Visitor owner = new Visitor(SERVER);

        assertThat(signIn(owner, "owner-" + name, address(name), true).status()).isEqualTo(409);
        assertThat(subjects(name)).isEmpty();
    }

    @Test
    void v10_a_blocked_account_is_not_joined() {
        String name = ProviderServer.name();
        SERVER.addUser(name);
        SERVER.execute("UPDATE users SET blocked = 1 WHERE username = '" + name + "'");

        assertThat(signIn(new Visitor(SERVER), "owner-" + name, address(name), true)
                        .text())
                .contains("blocked");
        assertThat(subjects(name)).isEmpty();
    }

    @Test
    void v6_a_stranger_who_began_an_account_with_an_address_does_not_share_it_with_its_owner() {
        String name = ProviderServer.name();
        Web web = new Web(SERVER);
        Visitor stranger = new Visitor(SERVER);
        assertThat(signIn(stranger, name, address(name), false).status()).isEqualTo(403);
        assertThat(subjects(name)).containsExactly(name);

        web.forgot(address(name));
        assertThat(web.reset(web.mailedToken(address(name), "reset"), TestServer.PASSWORD)
                        .status())
                .isEqualTo(200);

        assertThat(isSignedInAs(Visitor.user(SERVER, name), name)).isTrue();
        assertThat(signIn(stranger, name, address(name), false).status()).isEqualTo(409);
        assertThat(isSignedInAs(stranger, name)).isFalse();
        assertThat(subjects(name)).isEmpty();
    }

    @Test
    void v6_another_password_by_mail_leaves_the_providers_of_a_confirmed_account() {
        String name = ProviderServer.name();
        Web web = new Web(SERVER);
        signIn(new Visitor(SERVER), name, address(name), true);
        web.forgot(address(name));
        web.reset(web.mailedToken(address(name), "reset"), TestServer.PASSWORD);

        assertThat(subjects(name)).containsExactly(name);
    }
}
