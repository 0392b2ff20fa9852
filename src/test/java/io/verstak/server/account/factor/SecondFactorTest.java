package io.verstak.server.account.factor;

import static io.verstak.server.testkit.TestServer.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a second factor guards, who must have one, and how it ends. Every test has people of its own. */
class SecondFactorTest {
    private static final MutableClock CLOCK = new MutableClock();
    private static final String SET_UP = "/account/second-factor";
    private static final Pattern STEP = Pattern.compile("name=\"step\" value=\"([^\"]+)\"");

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start(CLOCK, Map.of("rateLimits.enabled", "true")).withAdministrator("root");

    @BeforeEach
    void letLimitsPass() {
        CLOCK.advance(Duration.ofHours(1));
    }

    private static AuthenticatorApp withApp(String name) {
        SERVER.addUser(name);
        AuthenticatorApp app = AuthenticatorApp.setUp(Visitor.user(SERVER, name), SET_UP, CLOCK);
        CLOCK.advance(Duration.ofMinutes(2));
        return app;
    }

    private static String step(String name) {
        Answer asked = new Visitor(SERVER).send("/login", "/login", "username=" + name, "password=" + PASSWORD);
        Matcher step = STEP.matcher(asked.text());
        assertThat(step.find()).as(asked.text()).isTrue();
        return step.group(1);
    }

    private static Answer second(String step, String code) {
        return new Visitor(SERVER).send("/login", "/login/second", "step=" + step, "code=" + code);
    }

    private static Answer call(String path, String name, String password) {
        return SERVER.send(Request.post(
                path,
                Web.json()
                        .put("username", name)
                        .put("login", name)
                        .put("password", password)
                        .toString()));
    }

    @Test
    void after_ten_wrong_codes_the_right_one_waits_even_if_the_password_is_entered_in_between() {
        AuthenticatorApp app = withApp("anna");
        for (int i = 0; i < 10; i++) {
            assertThat(second(step("anna"), "00000" + i).status()).isEqualTo(401);
        }

        assertThat(second(step("anna"), app.code()).status()).isEqualTo(429);
        CLOCK.advance(Duration.ofMinutes(6));
        assertThat(second(step("anna"), app.code()).status()).isEqualTo(303);
    }

    @Test
    void a_sealed_state_that_was_changed_or_is_of_another_kind_or_person_or_old_begins_no_session() {
        AuthenticatorApp app = withApp("bert");
        AuthenticatorApp other = withApp("bernd");
        String step = step("bert");
        char last = step.charAt(step.length() - 2);
        String changed =
                step.substring(0, step.length() - 2) + (last == 'A' ? 'B' : 'A') + step.charAt(step.length() - 1);

        assertThat(second(changed, app.code()).text()).contains("action=\"/login\"", "Sign in again");
        assertThat(second("", app.code()).status()).isEqualTo(401);
        assertThat(second(step, other.code()).status()).isEqualTo(401);
        Visitor elsewhere = new Visitor(SERVER);
        elsewhere.send("/admin/login", "/admin/login/second", "step=" + step, "code=" + app.code());
        assertThat(elsewhere.cookie("admin_session")).isEmpty();
        String offered = AuthenticatorApp.sealed(offer("berta"));
        assertThat(second(offered, app.code()).status()).isEqualTo(401);
        CLOCK.advance(Duration.ofMinutes(10));
        assertThat(second(step, app.code()).text()).contains("Sign in again");
        String before = step("bert");
        SERVER.execute("UPDATE users SET epoch = epoch + 1 WHERE username = 'bert'");
        assertThat(second(before, app.code()).text()).contains("Sign in again");
        assertThat(second(step("bert"), app.code()).status()).isEqualTo(303);
    }

    private static String offer(String name) {
        SERVER.addUser(name);
        return Visitor.user(SERVER, name).get(SET_UP).text();
    }

    @Test
    void a_recovery_code_of_another_is_wrong_and_new_ones_replace_the_old_ones() {
        withApp("carl");
        SERVER.addUser("cora");
        Visitor cora = Visitor.user(SERVER, "cora");
        AuthenticatorApp.setUp(cora, SET_UP, CLOCK);
        List<String> codes = AuthenticatorApp.recoveryCodes(cora.get(SET_UP).text());

        assertThat(second(step("carl"), codes.get(0)).status()).isEqualTo(401);
        cora.send(SET_UP, SET_UP + "/codes");
        List<String> renewed = AuthenticatorApp.recoveryCodes(cora.get(SET_UP).text());
        assertThat(renewed).hasSize(10).doesNotContainAnyElementsOf(codes);
        assertThat(second(step("cora"), codes.get(0)).status()).isEqualTo(401);
        assertThat(second(step("cora"), renewed.get(0)).status()).isEqualTo(303);
        assertThat(SERVER.rows("SELECT type FROM audit_log WHERE type = 'recovery_code_used'"))
                .hasSize(1);
    }

    @Test
    void a_device_pairs_with_a_connection_code_only_and_one_that_is_paired_goes_on() {
        SERVER.addUser("dora");
        try (Desktop before = SERVER.pair("dora", "notes")) {
            AuthenticatorApp.setUp(Visitor.user(SERVER, "dora"), SET_UP, CLOCK);

            for (String path : List.of("/api/client/pair", "/api/auth/test", "/api/v1/device/register")) {
                Answer right = call(path, "dora", PASSWORD);
                assertThat(right.status()).as(path).isEqualTo(403);
                assertThat(right.text()).contains("connection codes");
                Answer wrong = call(path, "dora", "wrong password");
                assertThat(wrong.status()).as(path).isEqualTo(401);
                assertThat(wrong.text())
                        .isEqualTo(call(path, "nobody", "wrong password").text());
            }
            Answer revoked = SERVER.send(Request.post(
                            "/api/client/revoke-device",
                            Web.json()
                                    .put("device_id", before.id())
                                    .put("password", PASSWORD)
                                    .toString())
                    .with("Authorization", "Bearer " + before.token()));
            assertThat(revoked.status()).isEqualTo(403);
            before.make(OutboxOp.note("n", "text")).sync();
        }
    }

    @Test
    void a_password_reset_by_mail_neither_removes_the_factor_nor_signs_in_past_it() {
        withApp("emil");
        Web web = new Web(SERVER);
        web.forgot("emil@example.org");
        assertThat(web.reset(web.mailedToken("emil@example.org", "reset"), "amber-lighthouse-9")
                        .status())
                .isEqualTo(200);

        Visitor emil = new Visitor(SERVER);
        Answer asked = emil.send("/login", "/login", "username=emil", "password=amber-lighthouse-9");
        assertThat(asked.text()).contains("action=\"/login/second\"");
        assertThat(emil.cookie("user_session")).isEmpty();
    }

    @Test
    void removing_it_takes_the_password_or_a_code_even_right_after_signing_in() {
        SERVER.addUser("fred");
        Visitor fred = Visitor.user(SERVER, "fred");
        AuthenticatorApp app = AuthenticatorApp.setUp(fred, SET_UP, CLOCK);
        CLOCK.advance(Duration.ofMinutes(2));

        assertThat(fred.send(SET_UP, SET_UP + "/remove", "password=").status()).isEqualTo(403);
        assertThat(fred.send(SET_UP, SET_UP + "/remove", "password=wrong password")
                        .status())
                .isEqualTo(403);
        assertThat(fred.send(SET_UP, SET_UP + "/remove", "password=123456").status())
                .isEqualTo(401);
        assertThat(fred.send(SET_UP, SET_UP + "/remove", "password=" + app.code())
                        .status())
                .isEqualTo(303);
        assertThat(SERVER.rows("SELECT owner FROM recovery_codes WHERE owner IN (SELECT id FROM users WHERE username"
                        + " = 'fred')"))
                .isEmpty();
        assertThat(Visitor.user(SERVER, "fred").get("/account").status()).isEqualTo(200);
    }

    @Test
    void an_offered_secret_counts_for_nothing_before_a_code_of_it_and_for_no_other_session() {
        SERVER.addUser("gina");
        Visitor gina = Visitor.user(SERVER, "gina");
        Visitor elsewhere = Visitor.user(SERVER, "gina");
        String page = gina.get(SET_UP).text();
        AuthenticatorApp app = AuthenticatorApp.of(page, CLOCK);
        String secret = "secret=" + AuthenticatorApp.sealed(page);

        assertThat(elsewhere.send(SET_UP, SET_UP, secret, "code=" + app.code()).status())
                .isEqualTo(400);
        Answer wrong = gina.send(SET_UP, SET_UP, secret, "code=123456");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(AuthenticatorApp.of(wrong.text(), CLOCK).code()).isEqualTo(app.code());
        assertThat(SERVER.rows("SELECT owner FROM totp_secrets WHERE owner IN (SELECT id FROM users WHERE username"
                        + " = 'gina')"))
                .isEmpty();
        CLOCK.advance(Duration.ofMinutes(11));
        assertThat(gina.send(SET_UP, SET_UP, secret, "code=" + app.code()).status())
                .as("without a proof, long after signing in")
                .isEqualTo(403);
        assertThat(gina.send(SET_UP, SET_UP, secret, "code=" + app.code(), "password=" + PASSWORD)
                        .status())
                .isEqualTo(303);
    }

    @Test
    void who_must_have_one_can_do_nothing_else_first_and_who_has_one_is_not_touched() {
        AuthenticatorApp app = withApp("hans");
        SERVER.addUser("ida");
        Visitor before = Visitor.user(SERVER, "ida");
        SERVER.reload(Map.of("accounts.secondFactor", "everybody"));
        try {
            assertThat(before.get("/dashboard").status()).isEqualTo(200);
            assertThat(second(step("hans"), app.code()).header("Location")).isEqualTo("/dashboard");

            Visitor ida = Visitor.user(SERVER, "ida");
            Visitor elsewhere = Visitor.user(SERVER, "ida");
            for (String path : List.of("/dashboard", "/account", "/account/account.json", "/dashboard/connect")) {
                Answer redirected = ida.get(path);
                assertThat(redirected.status()).as(path).isEqualTo(303);
                assertThat(redirected.header("Location")).isEqualTo(SET_UP);
            }
            Web web = new Web(SERVER);
            String token = call("/api/v1/auth/login", "ida", PASSWORD)
                    .json()
                    .get("token")
                    .asText();
            assertThat(web.devices(token).status()).isEqualTo(403);
            assertThat(ida.send(SET_UP, "/language", "language=ru", "next=/").status())
                    .isEqualTo(303);

            AuthenticatorApp.setUp(ida, SET_UP, CLOCK);
            assertThat(ida.get("/dashboard").status()).isEqualTo(200);
            assertThat(elsewhere.get("/dashboard").header("Location")).startsWith("/login");
            assertThat(web.devices(token).status()).isEqualTo(401);
        } finally {
            SERVER.reload(Map.of("accounts.secondFactor", "optional"));
        }
    }

    @Test
    void administrators_only_means_their_user_accounts_too_and_no_others() {
        SERVER.addUser("jan");
        SERVER.reload(Map.of("accounts.secondFactor", "administrators"));
        try {
            Visitor root = new Visitor(SERVER);
            root.send("/admin/login", "/admin/login", "username=root", "password=" + PASSWORD);

            assertThat(root.get("/admin/dashboard").header("Location")).isEqualTo("/admin/second-factor");
            assertThat(root.get("/admin/api/users").status()).isEqualTo(403);
            assertThat(root.get("/admin/second-factor").status()).isEqualTo(200);
            assertThat(Visitor.user(SERVER, "jan").get("/dashboard").status()).isEqualTo(200);
        } finally {
            SERVER.reload(Map.of("accounts.secondFactor", "optional"));
        }
    }

    @Test
    void an_administrator_joins_an_account_with_its_code_too_and_has_its_factor_from_then_on() {
        AuthenticatorApp app = withApp("lena");
        SERVER.beside(all -> all.administrators().put("boss", PASSWORD));
        Visitor boss = new Visitor(SERVER);
        boss.send("/admin/login", "/admin/login", "username=boss", "password=" + PASSWORD);
        String page = "/admin/own-account";
        String[] form = {"login=lena", "user_password=" + PASSWORD, "password=" + PASSWORD, "code="};

        Answer without = boss.send(page, page + "/join", form);
        form[3] = "code=000000";
        Answer wrong = boss.send(page, page + "/join", form);
        form[3] = "code=" + app.code();
        Answer right = boss.send(page, page + "/join", form);

        assertThat(without.status()).isEqualTo(403);
        assertThat(without.text()).contains("id=\"code-problem\"");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(right.status()).isEqualTo(303);
        assertThat(boss.get("/dashboard").text()).contains("Hello, lena");
        Answer again =
                new Visitor(SERVER).send("/admin/login", "/admin/login", "username=boss", "password=" + PASSWORD);
        assertThat(again.text()).contains("action=\"/admin/login/second\"");
    }

    @Test
    void a_command_resets_it_and_ends_nothing_else() {
        SERVER.addUser("kim");
        Visitor kim = Visitor.user(SERVER, "kim");
        AuthenticatorApp.setUp(kim, SET_UP, CLOCK);

        boolean had = SERVER.beside(all -> all.signing().resetSecondFactor(Actor.COMMAND_LINE, "Kim", false));
        boolean again = SERVER.beside(all -> all.signing().resetSecondFactor(Actor.COMMAND_LINE, "kim", false));

        assertThat(had).isTrue();
        assertThat(again).isFalse();
        assertThat(kim.get("/dashboard").status()).isEqualTo(200);
        assertThat(Visitor.user(SERVER, "kim").get("/dashboard").status()).isEqualTo(200);
        assertThat(SERVER.rows("SELECT message FROM audit_log WHERE type = 'second_factor_reset'"))
                .containsExactly("An administrator has reset the second factor. (command line)");
    }
}
