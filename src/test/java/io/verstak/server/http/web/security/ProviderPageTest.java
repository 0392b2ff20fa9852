package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.LyingProvider;
import io.verstak.server.testkit.Newcomers;
import io.verstak.server.testkit.ProviderServer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Signs people in with a provider: what becomes of accounts, sessions and administrators. */
class ProviderPageTest {
    private static final String CALLBACK = "/login/provider/lying/callback";

    @AutoClose
    private static final ProviderServer BOTH =
            new ProviderServer(Clock.systemUTC(), provider -> provider.put("administratorsGroup", "admins"), Map.of());

    private static final LyingProvider PROVIDER = BOTH.provider();
    private static final TestServer SERVER = BOTH.server().withUser("owner").withAdministrator("root");

    @AfterEach
    void honestAgain() {
        PROVIDER.claims(same -> {});
        PROVIDER.signer(PROVIDER::sign);
    }

    private static void person(String subject, String name, String email) {
        PROVIDER.person(subject, Map.of("preferred_username", name, "email", email, "email_verified", true));
    }

    private static boolean isSignedIn(Visitor visitor) {
        return visitor.get("/dashboard").status() == 200;
    }

    @Test
    void the_pages_offer_the_provider_by_its_name() {
        Visitor visitor = new Visitor(SERVER);
        for (String page : List.of("/login", "/admin/login", "/register")) {
            assertThat(visitor.get(page).text())
                    .contains("Sign in with Liar &amp; Sons")
                    .contains("/login/provider/lying");
        }
    }

    @Test
    void a_newcomer_gets_an_account_without_a_password_and_comes_back_to_it() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor visitor = new Visitor(SERVER);
        Answer answer = BOTH.signIn(visitor);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/dashboard");
        assertThat(visitor.get("/account").text()).contains(name + "@example.org");
        assertThat(SERVER.rows("SELECT password_hash, confirmed FROM users WHERE username = '" + name + "'"))
                .containsExactly("|1");
        assertThat(visitor.cookies()).doesNotContainKey("__Host-provider_sign_in");

        person("s-" + name, "renamed", "elsewhere@example.org");
        Visitor again = new Visitor(SERVER);
        BOTH.signIn(again);
        assertThat(again.get("/account").text()).contains(name + "@example.org");
        assertThat(SERVER.rows("SELECT id FROM users WHERE username = 'renamed'"))
                .isEmpty();
    }

    @Test
    void nobody_signs_in_with_a_password_to_an_account_that_has_none() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        BOTH.signIn(new Visitor(SERVER));
        for (String password : List.of("", " ", TestServer.PASSWORD)) {
            Visitor guesser = new Visitor(SERVER);
            guesser.send("/login", "/login", "username=" + name, "password=" + password);
            assertThat(isSignedIn(guesser)).isFalse();
        }
        assertThat(new Web(SERVER).login(name, "x").code()).isEqualTo("unauthorized");
    }

    @Test
    void names_are_made_valid_and_unique() {
        String name = ProviderServer.name();
        person("a-" + name, name, "a" + name + "@example.org");
        BOTH.signIn(new Visitor(SERVER));
        person("b-" + name, name.toUpperCase(Locale.ROOT), "b" + name + "@example.org");
        BOTH.signIn(new Visitor(SERVER));
        person("c-" + name, "Ж <" + name + "> Ж@corp", "c" + name + "@example.org");
        BOTH.signIn(new Visitor(SERVER));
        person("d-" + name, "Анна", "d" + name + "@example.org");
        BOTH.signIn(new Visitor(SERVER));
        assertThat(SERVER.rows(
                        "SELECT username FROM users WHERE email LIKE '_" + name + "@example.org' ORDER BY email"))
                .containsExactly(name, name.toUpperCase(Locale.ROOT) + "-2", name + "-3", "d" + name);
    }

    @Test
    void a_newcomer_chooses_the_name_and_nothing_is_made_before() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor visitor = new Visitor(SERVER);
        Answer form = visitor.get(BOTH.back(visitor.get("/login/provider/lying?next=/account")));
        assertThat(form.status()).isEqualTo(200);
        assertThat(form.text()).contains("Liar &amp; Sons has signed you in as " + name + "@example.org");
        assertThat(Newcomers.suggested(form)).isEqualTo(name);
        String rows = "SELECT username FROM users WHERE email = '" + name + "@example.org'";
        assertThat(SERVER.rows(rows)).isEmpty();
        assertThat(isSignedIn(visitor)).isFalse();

        Answer notAllowed = Newcomers.choose(visitor, form, "Имя <b>");
        assertThat(notAllowed.status()).isEqualTo(400);
        assertThat(notAllowed.text())
                .contains("id=\"username-problem\"", "value=\"Имя &lt;b&gt;\"")
                .containsOnlyOnce("role=\"alert\"");
        Answer taken = Newcomers.choose(visitor, notAllowed, " Owner ");
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.text()).contains("id=\"username-problem\"");
        assertThat(SERVER.rows(rows)).isEmpty();

        Answer made = Newcomers.choose(visitor, taken, " my." + name + " ");
        assertThat(made.header("Location")).isEqualTo("/account");
        assertThat(SERVER.rows(rows)).containsExactly("my." + name);
        assertThat(isSignedIn(visitor)).isTrue();
        Visitor later = new Visitor(SERVER);
        assertThat(Newcomers.choose(later, form, "again-" + name).status()).isEqualTo(400);
        assertThat(isSignedIn(later)).isFalse();
    }

    @Test
    void a_form_for_a_name_that_was_changed_or_is_of_another_kind_makes_no_account() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor visitor = new Visitor(SERVER);
        String attempt = BOTH.back(visitor.get("/login/provider/lying"));
        String cookie = visitor.cookie("__Host-provider_sign_in");
        String sealed = visitor.get(attempt).text().replaceAll("(?s).*name=\"account\" value=\"([^\"]+)\".*", "$1");
        for (String wrong : List.of("", cookie, sealed.substring(0, sealed.length() - 2) + "AA")) {
            Answer refused = visitor.send("/login", "/register/provider", "account=" + wrong, "username=" + name);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text()).contains("Begin again");
        }
        assertThat(SERVER.rows("SELECT id FROM users WHERE email = '" + name + "@example.org'"))
                .isEmpty();
    }

    @Test
    void an_address_that_somebody_has_is_refused_and_the_page_says_how_to_join() {
        person("s-thief", "thief", "OWNER@example.org");
        Visitor visitor = new Visitor(SERVER);
        Answer answer = BOTH.signIn(visitor);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("An account with this email address exists already");
        assertThat(isSignedIn(visitor)).isFalse();
    }

    @Test
    void an_address_that_is_not_verified_has_to_be_confirmed_first() {
        String name = ProviderServer.name();
        PROVIDER.person("s-" + name, Map.of("preferred_username", name, "email", name + "@example.org"));
        Visitor visitor = new Visitor(SERVER);
        Answer answer = BOTH.signIn(visitor);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(isSignedIn(visitor)).isFalse();
        Web web = new Web(SERVER);
        web.confirm(web.mailedToken(name + "@example.org", "confirm"));
        assertThat(BOTH.signIn(visitor).status()).isEqualTo(303);
        assertThat(isSignedIn(visitor)).isTrue();
    }

    @Test
    void a_person_without_an_address_is_told_what_is_missing() {
        PROVIDER.person("s-nobody", Map.of("preferred_username", "nobody"));
        assertThat(BOTH.signIn(new Visitor(SERVER)).text()).contains("does not tell your email address");
    }

    @Test
    void an_answer_is_taken_once_and_by_the_browser_that_asked() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor victim = new Visitor(SERVER);
        Visitor attacker = new Visitor(SERVER);
        String answer = BOTH.back(attacker.get("/login/provider/lying"));
        assertThat(victim.get(answer).text()).contains("begun in another browser");
        assertThat(isSignedIn(victim)).isFalse();
        victim.get("/login/provider/lying");
        assertThat(victim.get(answer).status()).isEqualTo(400);
        assertThat(isSignedIn(victim)).isFalse();

        String cookie = attacker.cookie("__Host-provider_sign_in");
        assertThat(Newcomers.accept(attacker, attacker.get(answer)).status()).isEqualTo(303);
        attacker.withCookie("__Host-provider_sign_in", cookie);
        assertThat(attacker.get(answer).status()).isEqualTo(403);
    }

    @Test
    void an_answer_without_its_state_and_a_changed_cookie_are_refused() {
        Visitor visitor = new Visitor(SERVER);
        String answer = BOTH.back(visitor.get("/login/provider/lying"));
        String cookie = visitor.cookie("__Host-provider_sign_in");
        assertThat(visitor.get(answer.replaceFirst("&state=.*", "")).status()).isEqualTo(400);
        char other = cookie.charAt(10) == 'A' ? 'B' : 'A';
        visitor.withCookie("__Host-provider_sign_in", cookie.substring(0, 10) + other + cookie.substring(11));
        assertThat(visitor.get(answer).status()).isEqualTo(400);
        assertThat(cookie).doesNotContain("lying");
    }

    @Test
    void what_the_provider_refuses_and_what_it_may_not_say_are_pages_that_say_what_to_do() {
        Visitor visitor = new Visitor(SERVER);
        String answer = BOTH.back(visitor.get("/login/provider/lying"));
        String denied = answer.replaceFirst("code=[^&]*", "error=access_denied&error_description=<b>");
        assertThat(visitor.get(denied).text())
                .contains("did not sign you in")
                .contains("Back to the sign-in page")
                .doesNotContain("<b>");
        PROVIDER.claims(claims -> claims.issuer("https://evil.example.org"));
        Answer lie = BOTH.signIn(visitor);
        assertThat(lie.status()).isEqualTo(403);
        assertThat(lie.text()).contains("its log says why").doesNotContain("evil");
        assertThat(visitor.withCookie("__Host-lang", "ru").get(CALLBACK).text()).contains("Вход не выполнен");
        assertThat(visitor.get("/login/provider/other").status()).isEqualTo(404);
    }

    @Test
    void next_leads_to_a_page_of_this_server_only() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor visitor = new Visitor(SERVER);
        assertThat(Newcomers.accept(visitor, visitor.get(BOTH.back(visitor.get("/login/provider/lying?next=/account"))))
                        .header("Location"))
                .isEqualTo("/account");
        assertThat(visitor.get(BOTH.back(visitor.get("/login/provider/lying?next=//evil.example.org")))
                        .header("Location"))
                .isEqualTo("/dashboard");
    }

    @Test
    void a_person_joins_an_account_with_the_password_and_removes_it_again() {
        String name = ProviderServer.name();
        SERVER.addUser(name);
        Visitor visitor = Visitor.user(SERVER, name);
        person("j-" + name, "other", "other-" + name + "@example.net");
        assertThat(visitor.send("/account/identities", "/account/identities/join", "provider=lying", "password=wrong")
                        .status())
                .isEqualTo(403);
        Answer onward = visitor.send(
                "/account/identities", "/account/identities/join", "provider=lying", "password=" + TestServer.PASSWORD);
        assertThat(onward.status()).isEqualTo(200);
        String url = onward.text()
                .replaceAll("(?s).*href=\"(" + PROVIDER.issuer() + "[^\"]*)\".*", "$1")
                .replace("&amp;", "&");
        Answer joined = visitor.get(BOTH.back(url));
        assertThat(joined.header("Location")).isEqualTo("/account/identities");
        assertThat(visitor.get("/account/identities").text()).contains("other-" + name + "@example.net");

        Visitor elsewhere = new Visitor(SERVER);
        BOTH.signIn(elsewhere);
        assertThat(elsewhere.get("/account").text()).contains(name + "@example.org");

        assertThat(visitor.send(
                                "/account/identities",
                                "/account/identities/remove",
                                "issuer=" + PROVIDER.issuer(),
                                "subject=j-" + name,
                                "password=" + TestServer.PASSWORD)
                        .status())
                .isEqualTo(303);
        assertThat(SERVER.rows("SELECT type FROM audit_log WHERE type LIKE 'identity%' AND user_id ="
                        + " (SELECT id FROM users WHERE username = '" + name + "') ORDER BY id"))
                .containsExactly("identity_joined", "identity_removed");
    }

    @Test
    void nobody_joins_an_account_to_a_session_of_somebody_else() {
        String name = ProviderServer.name();
        SERVER.addUser(name);
        Visitor attacker = Visitor.user(SERVER, name);
        person("x-" + name, "x", "x-" + name + "@example.net");
        String url = attacker.send(
                        "/account/identities",
                        "/account/identities/join",
                        "provider=lying",
                        "password=" + TestServer.PASSWORD)
                .text()
                .replaceAll("(?s).*href=\"(" + PROVIDER.issuer() + "[^\"]*)\".*", "$1")
                .replace("&amp;", "&");
        Visitor victim = Visitor.user(SERVER, "owner");
        victim.withCookie("__Host-provider_sign_in", attacker.cookie("__Host-provider_sign_in"));
        assertThat(victim.get(BOTH.back(url)).status()).isEqualTo(400);
        assertThat(SERVER.rows("SELECT user_id FROM identities WHERE subject = 'x-" + name + "'"))
                .isEmpty();
    }

    @Test
    void a_group_makes_administrators_and_leaving_it_ends_that() {
        String name = ProviderServer.name();
        Map<String, Object> member = Map.of(
                "preferred_username",
                name,
                "email",
                name + "@example.org",
                "email_verified",
                true,
                "groups",
                List.of("admins"));
        PROVIDER.person("g-" + name, member);
        Visitor visitor = new Visitor(SERVER);
        Answer signedIn = Newcomers.accept(
                visitor, visitor.get(BOTH.back(visitor.get("/login/provider/lying?next=/admin/dashboard"))));
        assertThat(signedIn.text()).contains("http-equiv=\"refresh\" content=\"0; url=/admin/dashboard\"");
        assertThat(visitor.get("/admin/users").status()).isEqualTo(200);

        person("g-" + name, name, name + "@example.org");
        Visitor later = new Visitor(SERVER);
        BOTH.signIn(later);
        assertThat(isSignedIn(later)).isTrue();
        assertThat(later.get("/admin/users").status()).isEqualTo(303);
        assertThat(visitor.get("/admin/users").status()).isEqualTo(303);
        assertThat(SERVER.rows(
                        "SELECT type FROM audit_log WHERE message LIKE '%provider lying%" + name + "%' ORDER BY id"))
                .containsExactly("administrator_set", "administrator_deleted");
    }

    @Test
    void a_group_makes_nobody_the_administrator_of_the_same_name() {
        PROVIDER.person(
                "g-root",
                Map.of(
                        "preferred_username",
                        "root",
                        "email",
                        "root@example.org",
                        "email_verified",
                        true,
                        "groups",
                        List.of("admins")));
        Visitor visitor = new Visitor(SERVER);
        BOTH.signIn(visitor);
        assertThat(isSignedIn(visitor)).isTrue();
        assertThat(visitor.get("/admin/users").status()).isEqualTo(303);
        assertThat(SERVER.rows("SELECT granted_by FROM administrators WHERE username = 'root'"))
                .containsExactly("");
    }

    @Test
    void a_blocked_person_is_not_let_in() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        BOTH.signIn(new Visitor(SERVER));
        SERVER.execute("UPDATE users SET blocked = 1 WHERE username = '" + name + "'");
        Visitor visitor = new Visitor(SERVER);
        assertThat(BOTH.signIn(visitor).text()).contains("blocked");
        assertThat(isSignedIn(visitor)).isFalse();
    }

    @Test
    void the_last_way_to_sign_in_stays() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor visitor = new Visitor(SERVER);
        BOTH.signIn(visitor);
        Answer refused = visitor.send(
                "/account/identities",
                "/account/identities/remove",
                "issuer=" + PROVIDER.issuer(),
                "subject=s-" + name);
        assertThat(refused.text()).contains("Without it you could not sign in");
        assertThat(SERVER.rows("SELECT subject FROM identities WHERE subject = 's-" + name + "'"))
                .hasSize(1);
    }

    @Test
    void the_second_step_follows_the_provider_for_who_has_a_second_factor() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor owner = new Visitor(SERVER);
        BOTH.signIn(owner);
        AuthenticatorApp app = AuthenticatorApp.setUp(owner, "/account/second-factor", Clock.systemUTC());

        Visitor visitor = new Visitor(SERVER);
        Answer second = BOTH.signIn(visitor);
        assertThat(second.status()).isEqualTo(200);
        assertThat(isSignedIn(visitor)).isFalse();
        String step = second.text().replaceAll("(?s).*name=\"step\" value=\"([^\"]*)\".*", "$1");
        visitor.send("/login", "/login/second", "step=" + step, "code=000000");
        assertThat(isSignedIn(visitor)).isFalse();
        visitor.send("/login", "/login/second", "step=" + step, "code=" + app.code(Duration.ofSeconds(30)));
        assertThat(isSignedIn(visitor)).isTrue();
    }

    @Test
    void a_desktop_of_a_person_without_a_password_is_connected_by_a_code() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor visitor = new Visitor(SERVER);
        BOTH.signIn(visitor);
        Answer guess = pair(name, "anything");
        assertThat(guess.status()).isEqualTo(403);
        assertThat(guess.text()).contains("connection code");
        assertThat(pair("nobody-" + name, "anything").status()).isEqualTo(401);

        visitor.send("/dashboard/connect", "/dashboard/connect", "vault=");
        Matcher code = Pattern.compile("[0-9A-Z]{5}(-[0-9A-Z]{5}){3}")
                .matcher(visitor.get("/dashboard/connect").text());
        assertThat(code.find()).isTrue();
        assertThat(pair(name, code.group()).status()).isEqualTo(200);
    }

    @Test
    void who_has_no_password_signs_in_again_instead_of_entering_it() {
        String name = ProviderServer.name();
        person("s-" + name, name, name + "@example.org");
        Visitor visitor = new Visitor(SERVER);
        BOTH.signIn(visitor);
        SERVER.execute("UPDATE sessions SET confirmed_at = confirmed_at - 600000"
                + " WHERE owner = (SELECT id FROM users WHERE username = '" + name + "')");
        SERVER.restart();
        assertThat(visitor.send("/account", "/account/delete", "typed_name=" + name)
                        .text())
                .contains("Confirm again that it is you");

        BOTH.signIn(visitor);
        assertThat(visitor.send("/account", "/account/delete", "typed_name=" + name)
                        .status())
                .isEqualTo(303);
        assertThat(visitor.get("/dashboard").text()).contains("/dashboard/keep");
    }

    @Test
    void v6_a_sign_in_that_was_long_ago_at_the_provider_confirms_no_session_here() {
        String name = ProviderServer.name();
        Map<String, Object> said = new HashMap<>(Map.of(
                "preferred_username",
                name,
                "email",
                name + "@example.org",
                "email_verified",
                true,
                "groups",
                List.of("admins"),
                "auth_time",
                Instant.now().minus(Duration.ofHours(1)).getEpochSecond()));
        PROVIDER.person("s-" + name, said);
        Visitor visitor = new Visitor(SERVER);
        BOTH.signIn(visitor);
        assertThat(SERVER.rows("SELECT count(*) FROM sessions WHERE confirmed_at < created_at - 3000000 AND owner IN ('"
                        + name + "', (SELECT id FROM users WHERE username = '" + name + "'))"))
                .as("of the user and of the administrator")
                .containsExactly("2");
        assertThat(visitor.send("/account", "/account/delete", "typed_name=" + name)
                        .text())
                .contains("Confirm again that it is you");

        said.put("auth_time", Instant.now().getEpochSecond());
        PROVIDER.person("s-" + name, said);
        BOTH.signIn(visitor);
        assertThat(visitor.send("/account", "/account/delete", "typed_name=" + name)
                        .status())
                .isEqualTo(303);
    }

    private static Answer pair(String login, String password) {
        return SERVER.send(Request.post("/api/client/pair", """
                {"login": "%s", "password": "%s", "device_name": "d", "client_version": "1", "vault_id": "notes"}""".formatted(login, password)));
    }
}
