package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.Await;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A confirmation of who is signed in: what it is good for, how long, and for whom. Visitors here run no scripts. */
class StepUpTest {
    private static final MutableClock CLOCK = new MutableClock();
    private static final String PASSWORD = "password=" + TestServer.PASSWORD;
    private static final String SET_UP = "/account/second-factor";
    private static final String OTHER_PASSWORD = "copper-lantern-77";
    private static final Duration ALMOST = SessionIdentity.CONFIRMED_FOR.minusMillis(1);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(
                    CLOCK, Map.of("rateLimits.enabled", "true", "rateLimits.login.attempts", "5"))
            .withUser("ann")
            .withUser("ben")
            .withUser("cleo")
            .withUser("dora")
            .withUser("eve")
            .withUser("fay")
            .withUser("gus")
            .withUser("hal")
            .withUser("ida")
            .withAdministrator("root")
            .withAdministrator("other");

    @Test
    void v7_a_sign_in_confirms_for_ten_minutes_and_no_longer() {
        Visitor ann = Visitor.user(SERVER, "ann");
        CLOCK.advance(ALMOST);

        assertThat(ann.get("/account").text()).doesNotContain("id=\"email-password\"");
        assertThat(changeEmail(ann, "ann2@example.org", "").status()).isEqualTo(303);

        CLOCK.advance(Duration.ofMillis(1));
        assertThat(ann.get("/account").text()).contains("id=\"email-password\"");
        Answer late = changeEmail(ann, "ann3@example.org", "");
        assertThat(late.status()).isEqualTo(403);
        assertThat(late.text()).contains("the last time was too long ago", "id=\"email-password\"");
        assertThat(changeEmail(ann, "ann3@example.org", TestServer.PASSWORD).status())
                .isEqualTo(303);
    }

    @Test
    void the_password_in_a_form_or_on_the_page_for_it_confirms_for_the_next_forms() {
        Visitor ben = Visitor.user(SERVER, "ben");
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        assertThat(changeEmail(ben, "ben2@example.org", TestServer.PASSWORD).status())
                .isEqualTo(303);
        assertThat(ben.get("/account").text()).doesNotContain("id=\"email-password\"");
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        assertThat(ben.get("/account").text()).contains("id=\"email-password\"");

        Answer confirmed = ben.send("/confirm?next=/account", "/confirm", "next=/account#email-title", PASSWORD);

        assertThat(confirmed.header("Location")).isEqualTo("/account#email-title");
        assertThat(ben.get("/account").text()).contains("Confirmed.").doesNotContain("id=\"email-password\"");
        assertThat(SERVER.rows("SELECT count(*) FROM audit_log l JOIN users u ON u.id = l.user_id"
                        + " WHERE l.type = 'confirmed' AND u.username = 'ben'"))
                .containsExactly("2");
    }

    @Test
    void v7_a_confirmation_is_not_one_of_another_session_of_the_same_person() {
        Visitor here = Visitor.user(SERVER, "cleo");
        Visitor there = Visitor.user(SERVER, "cleo");
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);

        here.send("/confirm", "/confirm", PASSWORD);

        assertThat(changeEmail(here, "cleo2@example.org", "").status()).isEqualTo(303);
        assertThat(changeEmail(there, "cleo3@example.org", "").status()).isEqualTo(403);
    }

    @Test
    void v7_another_password_ends_the_confirmations_of_all_other_sessions() {
        Visitor here = Visitor.user(SERVER, "dora");
        Visitor there = Visitor.user(SERVER, "dora");

        assertThat(changePassword(here, "", OTHER_PASSWORD).status()).isEqualTo(403);
        assertThat(changePassword(here, TestServer.PASSWORD, OTHER_PASSWORD).status())
                .isEqualTo(303);

        Answer ended = there.post(Visitor.form("/confirm", PASSWORD, "csrf_token=" + there.cookie("csrf_token")));
        assertThat(ended.header("Location")).startsWith("/login");
        assertThat(changeEmail(here, "dora2@example.org", "").status()).isEqualTo(303);
    }

    @Test
    void v7_a_password_reset_by_mail_ends_every_confirmation() {
        Web web = new Web(SERVER);
        Visitor eve = Visitor.user(SERVER, "eve");
        web.forgot("eve@example.org");
        assertThat(web.reset(web.mailedToken("eve@example.org", "reset"), OTHER_PASSWORD)
                        .status())
                .isEqualTo(200);

        assertThat(eve.get("/confirm").header("Location")).startsWith("/login");
    }

    @Test
    void v6_a_wrong_password_is_refused_counted_and_noted_as_at_sign_in() {
        Visitor fay = Visitor.user(SERVER, "fay");
        for (int i = 0; i < 5; i++) {
            assertThat(fay.send("/confirm", "/confirm", "password=wrong").status())
                    .isEqualTo(403);
        }

        assertThat(fay.send("/confirm", "/confirm", PASSWORD).status()).isEqualTo(429);
        assertThat(changeEmail(fay, "fay2@example.org", TestServer.PASSWORD).status())
                .isEqualTo(429);
        assertThat(new Web(SERVER).login("fay", TestServer.PASSWORD).status()).isEqualTo(429);
        // A refusal is answered before it is in the log.
        Await.until(() -> !SERVER.rows("SELECT count(*) FROM audit_log l JOIN users u ON u.id = l.user_id"
                        + " WHERE l.type = 'login_refused' AND u.username = 'fay'")
                .contains("0"));
        // The window of the limit, so that the address may try again in other tests.
        CLOCK.advance(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example",
                "/\\evil.example",
                "https://evil.example",
                "javascript:alert(1)",
                "evil.example",
                "/\t/evil.example",
                ""
            })
    void v1_the_page_leads_to_no_other_server(String next) {
        Visitor gus = Visitor.user(SERVER, "gus");

        assertThat(gus.send("/confirm", "/confirm", "next=" + next, PASSWORD).header("Location"))
                .isEqualTo("/account");
    }

    @Test
    void v7_a_session_that_may_only_set_up_a_second_factor_is_not_confirmed() {
        Visitor hal = Visitor.user(SERVER, "hal");
        SERVER.execute("UPDATE sessions SET enrols = 1 WHERE owner = (SELECT id FROM users WHERE username = 'hal')");
        SERVER.restart();

        hal.post(Visitor.form("/confirm", PASSWORD, "csrf_token=" + hal.cookie("csrf_token")));
        hal.post(Visitor.form("/account/delete", "typed_name=hal", "csrf_token=" + hal.cookie("csrf_token")));

        assertThat(SERVER.rows(
                        "SELECT enrols FROM sessions WHERE owner = (SELECT id FROM users WHERE username = 'hal')"))
                .containsOnly("1");
        assertThat(SERVER.rows("SELECT delete_after FROM users WHERE username = 'hal'"))
                .containsExactly("null");

        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        String page = hal.get(SET_UP).text();
        String[] fields = {
            "secret=" + AuthenticatorApp.sealed(page),
            "code=" + AuthenticatorApp.of(page, CLOCK).code()
        };
        assertThat(hal.send(SET_UP, SET_UP, fields[0], fields[1]).status()).isEqualTo(403);
        assertThat(hal.send(SET_UP, SET_UP, fields[0], fields[1], PASSWORD).status())
                .isEqualTo(303);
        assertThat(hal.get("/account").status()).isEqualTo(200);
    }

    @Test
    void v6_a_code_of_the_app_or_a_recovery_code_confirms_once() {
        Visitor ida = Visitor.user(SERVER, "ida");
        AuthenticatorApp app = AuthenticatorApp.setUp(ida, SET_UP, CLOCK);
        String recovery = AuthenticatorApp.recoveryCodes(ida.get(SET_UP).text()).get(0);
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        assertThat(ida.get("/account").text()).contains("href=\"/confirm?next=%2Faccount%23email-title\"");

        for (String code : new String[] {app.code(), recovery}) {
            assertThat(confirmByCode(ida, code).header("Location")).isEqualTo("/account");
            assertThat(changeEmail(ida, "ida2@example.org", "").status()).isEqualTo(303);
            CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
            assertThat(changeEmail(ida, "ida3@example.org", "").status()).isEqualTo(403);
        }

        Answer again = confirmByCode(ida, recovery);
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.text()).containsOnlyOnce("role=\"alert\"").contains("id=\"code-problem\"");
        assertThat(again.text().split("autofocus", -1)).hasSize(2);
        assertThat(changeEmail(ida, "ida3@example.org", "").status()).isEqualTo(403);
    }

    @Test
    void v7_a_clock_that_goes_back_confirms_nothing() {
        long now = CLOCK.millis();
        SessionIdentity session = new SessionIdentity("hash", "id", "owner", false, now, false, "");

        assertThat(session.isConfirmed(now)).isTrue();
        assertThat(session.isConfirmed(now - Duration.ofSeconds(59).toMillis())).isTrue();
        assertThat(session.isConfirmed(now - Duration.ofMinutes(2).toMillis())).isFalse();
        assertThat(session.isConfirmed(now + ALMOST.toMillis())).isTrue();
        assertThat(session.isConfirmed(now + ALMOST.toMillis() + 1)).isFalse();
    }

    @Test
    void what_cannot_be_undone_asks_for_the_name_even_of_a_confirmed_session() {
        Visitor gus = Visitor.user(SERVER, "gus");
        Visitor root = administrator("root");
        String id = SERVER.rows("SELECT id FROM users WHERE username = 'gus'").get(0);

        for (String name : new String[] {"", "Gus", "gus2"}) {
            Answer refused = gus.send("/account", "/account/delete", "typed_name=" + name);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text()).contains("This is not the name.");
            assertThat(root.send("/admin/user?id=" + id, "/admin/user/delete", "id=" + id, "typed_name=" + name)
                            .status())
                    .isEqualTo(400);
        }
        assertThat(SERVER.rows("SELECT delete_after FROM users WHERE username = 'gus'"))
                .containsExactly("null");
        assertThat(gus.send("/account", "/account/delete", "typed_name= gus ").status())
                .isEqualTo(303);
        assertThat(gus.send("/account", "/dashboard/keep").status()).isEqualTo(303);
    }

    @Test
    void an_administrator_confirms_for_the_administrators_pages_alone() {
        Visitor other = administrator("other");
        Visitor hal = Visitor.user(SERVER, "cleo");
        String id = SERVER.addUser("kim");
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        String page = "/admin/user?id=" + id;
        assertThat(other.get(page).text()).contains("id=\"block-password\"");
        assertThat(other.send(page, "/admin/user/block", "id=" + id, "blocked=1")
                        .status())
                .isEqualTo(403);
        assertThat(hal.get("/admin/confirm").header("Location")).startsWith("/admin/login");

        Answer confirmed = other.send("/admin/confirm", "/admin/confirm", "next=" + page, PASSWORD);

        assertThat(confirmed.header("Location")).isEqualTo(page);
        assertThat(other.get(page).text()).doesNotContain("id=\"block-password\"");
        assertThat(other.send(page, "/admin/user/block", "id=" + id, "blocked=1")
                        .status())
                .isEqualTo(303);
        assertThat(SERVER.rows("SELECT message FROM audit_log WHERE type = 'administrator_confirmed'"))
                .contains("An administrator at a session was confirmed. (other: password)");
    }

    @Test
    void programs_still_send_a_password_however_new_their_session_is() {
        Web web = new Web(SERVER);
        String session = web.session("ben");
        try (Desktop desktop = SERVER.pair("ben", "notes")) {
            for (String body : new String[] {"{}", "{\"password\":\"\"}", "{\"password\":\"wrong\"}"}) {
                assertThat(SERVER.send(Request.post("/api/v1/user/devices/" + desktop.id() + "/revoke", body)
                                        .bearer(session))
                                .status())
                        .isIn(400, 403);
            }
            assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                            .status())
                    .isEqualTo(200);
        }
    }

    private static Visitor administrator(String name) {
        Visitor visitor = new Visitor(SERVER);
        visitor.send("/admin/login", "/admin/login", "username=" + name, PASSWORD);
        return visitor;
    }

    private static Answer changeEmail(Visitor visitor, String email, String password) {
        return visitor.send("/account", "/account/email", "email=" + email, "password=" + password);
    }

    private static Answer confirmByCode(Visitor visitor, String code) {
        return visitor.send("/confirm", "/confirm/code", "code=" + code, "next=/account");
    }

    private static Answer changePassword(Visitor visitor, String old, String chosen) {
        return visitor.send("/account", "/account/password", "password=" + old, "new_password=" + chosen);
    }
}
