package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.Await;
import io.verstak.server.testkit.LyingProvider;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Newcomers;
import io.verstak.server.testkit.ProviderServer;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Confirms sessions by a new sign-in at a provider, and at a provider that lies. */
class ReauthenticationTest {
    private static final String COOKIE = "__Host-provider_sign_in";
    private static final String ALERT = "role=\"alert\"";

    private static final MutableClock CLOCK = new MutableClock();

    @AutoClose
    private static final ProviderServer BOTH =
            new ProviderServer(CLOCK, provider -> provider.put("administratorsGroup", "admins"), Map.of());

    private static final LyingProvider PROVIDER = BOTH.provider();
    private static final TestServer SERVER = BOTH.server();

    private final String name = ProviderServer.name();
    private final Map<String, Object> says =
            new HashMap<>(Map.of("preferred_username", name, "email", name + "@example.org", "email_verified", true));

    @BeforeEach
    void honestAgain() {
        PROVIDER.person("s-" + name, says);
    }

    /** A person without a password whose sign-in was ten minutes ago. */
    private Visitor somebody() {
        Visitor visitor = new Visitor(SERVER);
        BOTH.signIn(visitor);
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        return visitor;
    }

    /** Presses the button, and returns where the browser is sent. */
    private static String leave(Visitor visitor, String page, String next) {
        Answer onward = visitor.send(page, page + "/provider", "provider=lying", "next=" + next);
        assertThat(onward.status()).as(onward.toString()).isEqualTo(200);
        return onward.text()
                .replaceAll("(?s).*href=\"(" + PROVIDER.issuer() + "[^\"]*)\".*", "$1")
                .replace("&amp;", "&");
    }

    private static Answer confirm(Visitor visitor, String next) {
        Answer handedOn = visitor.get(BOTH.back(leave(visitor, "/confirm", next)));
        assertThat(handedOn.header("Location")).startsWith("/confirm/provider/lying?");
        return visitor.get(handedOn.header("Location"));
    }

    private Answer deleteAccount(Visitor visitor) {
        return visitor.send("/account", "/account/delete", "typed_name=" + name);
    }

    private void nothingIsConfirmed(Visitor visitor, Answer refused, String reason) {
        assertThat(refused.text()).contains(ALERT, reason);
        assertThat(deleteAccount(visitor).status()).isEqualTo(403);
    }

    @Test
    void who_has_no_password_confirms_by_the_provider_and_returns_to_the_dialog() {
        Visitor visitor = somebody();
        assertThat(visitor.get("/account").text()).contains("href=\"/confirm?next=%2Faccount%23delete-title\"");
        assertThat(deleteAccount(visitor).status()).isEqualTo(403);
        assertThat(visitor.get("/confirm").text())
                .contains("Sign in again with Liar &amp; Sons")
                .doesNotContain("type=\"password\"");

        String there = leave(visitor, "/confirm", "/account#delete-title");
        assertThat(LyingProvider.query(there.split("\\?", 2)[1]))
                .containsEntry("prompt", "login")
                .containsEntry("max_age", "0");
        Answer confirmed = visitor.get(visitor.get(BOTH.back(there)).header("Location"));

        assertThat(confirmed.status()).as(confirmed.toString()).isEqualTo(303);
        assertThat(confirmed.header("Location")).isEqualTo("/account#delete-title");
        assertThat(visitor.cookies()).doesNotContainKey(COOKIE);
        assertThat(visitor.get("/account").text()).contains("Confirmed.").doesNotContain("/confirm?next");
        assertThat(deleteAccount(visitor).status()).isEqualTo(303);
        assertThat(SERVER.rows("SELECT count(*) FROM audit_log l JOIN users u ON u.id = l.user_id"
                        + " WHERE l.type = 'confirmed' AND u.username = '" + name + "'"))
                .containsExactly("1");
    }

    @Test
    void who_has_no_password_sets_up_an_app_and_removes_it_after_confirming_so() {
        String page = "/account/second-factor";
        Visitor visitor = somebody();
        assertThat(visitor.get(page).text())
                .contains("href=\"/confirm?next=%2Faccount%2Fsecond-factor\"")
                .doesNotContain("type=\"password\"");
        confirm(visitor, page);
        AuthenticatorApp app = AuthenticatorApp.setUp(visitor, page, CLOCK);
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        Answer wrong = visitor.send(page, page + "/remove", "password=000000");
        assertThat(wrong.text()).containsOnlyOnce(ALERT).contains("id=\"remove-password-problem\"");
        assertThat(visitor.send(page, page + "/remove", "password=" + app.code())
                        .status())
                .isEqualTo(303);
    }

    @Test
    void another_account_at_the_provider_confirms_nothing() {
        Visitor visitor = somebody();
        PROVIDER.person("other-" + name, says);
        nothingIsConfirmed(visitor, confirm(visitor, "/account"), "not joined to yours");
        // A refusal is answered before it is in the log.
        Await.until(() -> SERVER.rows("SELECT count(*) FROM audit_log l JOIN users u ON u.id = l.user_id"
                        + " WHERE l.type = 'provider_login_refused' AND u.username = '" + name + "'")
                .equals(List.of("1")));
    }

    @Test
    void an_account_that_is_joined_to_somebody_else_confirms_nothing() {
        Visitor visitor = somebody();
        PROVIDER.person(
                "other-" + name,
                Map.of("preferred_username", "x" + name, "email", "x" + name + "@example.org", "email_verified", true));
        Visitor other = new Visitor(SERVER);
        BOTH.signIn(other);
        nothingIsConfirmed(visitor, confirm(visitor, "/account"), "not joined to yours");
    }

    @Test
    void a_sign_in_of_before_confirms_nothing_but_a_minute_of_clock_error_is_allowed() {
        Visitor visitor = somebody();
        authenticated(Duration.ofSeconds(-61));
        nothingIsConfirmed(visitor, confirm(visitor, "/account"), "did not ask you to sign in again");
        authenticated(Duration.ofSeconds(62));
        nothingIsConfirmed(visitor, confirm(visitor, "/account"), "did not ask you to sign in again");
        authenticated(Duration.ofSeconds(-58));
        assertThat(confirm(visitor, "/account").status()).isEqualTo(303);
        assertThat(deleteAccount(visitor).status()).isEqualTo(303);
    }

    private void authenticated(Duration fromNow) {
        says.put("auth_time", Date.from(CLOCK.instant().plus(fromNow)));
        PROVIDER.person("s-" + name, says);
    }

    @Test
    void a_provider_that_does_not_say_when_the_person_signed_in_confirms_nothing_and_the_page_says_what_to_do() {
        Visitor visitor = somebody();
        PROVIDER.claims(claims -> {
            says.forEach(claims::claim);
            claims.claim("auth_time", null);
        });
        nothingIsConfirmed(visitor, confirm(visitor, "/account"), "does not say when you signed in");
        Answer russian = confirm(visitor.withCookie("__Host-lang", "ru"), "/account");
        assertThat(russian.text()).contains("не сообщает, когда вы в неё вошли");
        assertThat(russian.text()).contains("name=\"next\" value=\"/account\"");
    }

    @Test
    void an_answer_confirms_no_other_session_of_the_same_person() {
        Visitor here = somebody();
        Visitor there = somebody();
        String answer = BOTH.back(leave(here, "/confirm", "/account"));
        there.withCookie(COOKIE, here.cookie(COOKIE));
        Answer refused = there.get(there.get(answer).header("Location"));
        nothingIsConfirmed(there, refused, "begun in another browser");
        assertThat(confirm(here, "/account").status()).isEqualTo(303);
        assertThat(deleteAccount(there).status()).isEqualTo(403);
    }

    @Test
    void an_answer_is_taken_once() {
        Visitor visitor = somebody();
        String answer = BOTH.back(leave(visitor, "/confirm", "/account"));
        String cookie = visitor.cookie(COOKIE);
        String handedOn = visitor.get(answer).header("Location");
        assertThat(visitor.get(handedOn).status()).isEqualTo(303);
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR.minusSeconds(1));
        visitor.withCookie(COOKIE, cookie);
        assertThat(visitor.get(handedOn).text()).contains("cannot be used");
        CLOCK.advance(Duration.ofSeconds(1));
        visitor.withCookie(COOKIE, cookie);
        nothingIsConfirmed(visitor, visitor.get(handedOn), "longer than 10 minutes");
    }

    @Test
    void an_answer_to_a_sign_in_is_none_to_a_confirmation_and_the_other_way_round() {
        Visitor visitor = somebody();
        String signIn = BOTH.back(visitor.get("/login/provider/lying").header("Location"));
        nothingIsConfirmed(
                visitor,
                visitor.get(signIn.replace("/login/provider/lying/callback", "/confirm/provider/lying")),
                "begun in another browser");

        String confirmation = BOTH.back(leave(visitor, "/confirm", "/account"));
        Visitor stranger = new Visitor(SERVER).withCookie(COOKIE, visitor.cookie(COOKIE));
        Answer handedOn = stranger.get(confirmation);
        assertThat(handedOn.header("Location")).startsWith("/confirm/provider/lying?");
        assertThat(stranger.get(handedOn.header("Location")).header("Location")).startsWith("/login");
        assertThat(stranger.get("/dashboard").status()).isEqualTo(303);
    }

    @Test
    void a_newcomer_has_ten_minutes_to_choose_a_name() {
        Visitor visitor = new Visitor(SERVER);
        Answer form = visitor.get(BOTH.back(visitor.get("/login/provider/lying").header("Location")));
        CLOCK.advance(Duration.ofMinutes(10));
        assertThat(Newcomers.choose(visitor, form, name).text()).contains("longer than 10 minutes");
        assertThat(SERVER.rows("SELECT id FROM users WHERE username = '" + name + "'"))
                .isEmpty();
    }

    @Test
    void an_administrator_by_the_providers_group_confirms_for_the_administrators_pages() {
        says.put("groups", List.of("admins"));
        PROVIDER.person("s-" + name, says);
        Visitor visitor = somebody();
        String session = visitor.cookie("__Host-admin_session");
        String id = SERVER.addUser("kim" + name);
        String page = "/admin/user?id=" + id;
        assertThat(visitor.send(page, "/admin/user/block", "id=" + id, "blocked=1")
                        .status())
                .isEqualTo(403);

        String answer = BOTH.back(leave(visitor, "/admin/confirm", page));
        // Browsers keep this cookie to themselves when another site leads here.
        Answer onward = visitor.withCookie("__Host-admin_session", "").get(answer);
        assertThat(onward.text()).contains("url=/admin/confirm/provider/lying?");
        String handedOn = onward.text()
                .replaceAll("(?s).*href=\"(/admin/confirm/provider[^\"]*)\".*", "$1")
                .replace("&amp;", "&");
        Answer confirmed = visitor.withCookie("__Host-admin_session", session).get(handedOn);

        assertThat(confirmed.header("Location")).isEqualTo(page);
        assertThat(visitor.send(page, "/admin/user/block", "id=" + id, "blocked=1")
                        .status())
                .isEqualTo(303);
        assertThat(deleteAccount(visitor).status()).isEqualTo(403);
    }

    @Test
    void a_provider_that_is_not_the_persons_is_not_offered() {
        Visitor visitor = Visitor.user(SERVER.withUser("q" + name), "q" + name);
        assertThat(visitor.get("/confirm").text()).doesNotContain("Liar");
        assertThat(visitor.send("/confirm", "/confirm/provider", "provider=lying")
                        .status())
                .isEqualTo(404);
    }
}
