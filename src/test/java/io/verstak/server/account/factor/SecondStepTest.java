package io.verstak.server.account.factor;

import static io.verstak.server.testkit.TestServer.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Signing in with an authenticator app. Every test has a user of its own. */
class SecondStepTest {
    private static final MutableClock CLOCK = new MutableClock();
    private static final String SET_UP = "/account/second-factor";
    private static final Pattern STEP = Pattern.compile("name=\"step\" value=\"([^\"]+)\"");

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start(CLOCK, Map.of("rateLimits.enabled", "true")).withAdministrator("root");

    /** A user with an app, which has shown other codes since. */
    private static AuthenticatorApp withApp(String name) {
        SERVER.addUser(name);
        AuthenticatorApp app = AuthenticatorApp.setUp(Visitor.user(SERVER, name), SET_UP, CLOCK);
        CLOCK.advance(Duration.ofMinutes(2));
        return app;
    }

    /** Takes the first step, and returns the sealed state for the second. */
    private static String step(Visitor visitor, String name) {
        Answer asked = visitor.send("/login", "/login", "username=" + name, "password=" + PASSWORD, "next=/account");
        assertThat(asked.status()).isEqualTo(200);
        assertThat(visitor.cookie("user_session")).isEmpty();
        Matcher step = STEP.matcher(asked.text());
        assertThat(step.find()).isTrue();
        return step.group(1);
    }

    private static Answer second(Visitor visitor, String step, String code) {
        return visitor.send("/login", "/login/second", "step=" + step, "code=" + code, "next=/account");
    }

    @Test
    void a_right_password_makes_no_session_but_asks_for_a_code_which_does() {
        AuthenticatorApp app = withApp("anna");
        Visitor anna = new Visitor(SERVER);
        String step = step(anna, "anna");

        Answer signedIn = second(anna, step, app.code());

        assertThat(signedIn.status()).isEqualTo(303);
        assertThat(signedIn.header("Location")).isEqualTo("/account");
        assertThat(anna.get("/account").status()).isEqualTo(200);
        assertThat(SERVER.rows("SELECT message FROM audit_log WHERE type = 'login' ORDER BY id DESC LIMIT 1"))
                .containsExactly("Signed in. (password, totp)");
    }

    @Test
    void no_code_is_accepted_twice() {
        AuthenticatorApp app = withApp("bert");
        Visitor bert = new Visitor(SERVER);
        String code = app.code();
        second(bert, step(bert, "bert"), code);
        assertThat(bert.cookie("user_session")).isNotEmpty();

        Visitor watcher = new Visitor(SERVER);
        Answer again = second(watcher, step(watcher, "bert"), code);

        assertThat(again.status()).isEqualTo(401);
        assertThat(again.text()).contains("it was used already", "id=\"code-problem\"");
        assertThat(watcher.cookie("user_session")).isEmpty();
    }

    @Test
    void the_code_of_one_step_earlier_or_later_is_right_and_of_two_is_not() {
        AuthenticatorApp app = withApp("carl");
        Map<Integer, Integer> statuses = Map.of(-90, 401, -60, 401, 60, 401, 90, 401, -30, 303);
        statuses.forEach((seconds, status) -> {
            Visitor carl = new Visitor(SERVER);
            assertThat(second(carl, step(carl, "carl"), app.code(Duration.ofSeconds(seconds)))
                            .status())
                    .as("%s s", seconds)
                    .isEqualTo(status);
        });
        Visitor carl = new Visitor(SERVER);
        assertThat(second(carl, step(carl, "carl"), app.code(Duration.ofSeconds(30)))
                        .status())
                .isEqualTo(303);
    }

    @Test
    void the_json_sign_in_takes_the_code_with_the_password() {
        AuthenticatorApp app = withApp("dora");
        Web web = new Web(SERVER);
        ObjectNode login = Web.json().put("username", "dora").put("password", PASSWORD);

        Answer without = web.post("/api/v1/auth/login", login);
        Answer wrong = web.post("/api/v1/auth/login", login.deepCopy().put("code", "000000"));
        Answer right = web.post("/api/v1/auth/login", login.deepCopy().put("code", app.code()));

        assertThat(without.status()).isEqualTo(403);
        assertThat(without.text()).doesNotContain("user_id").contains("second factor");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(right.status()).isEqualTo(200);
        assertThat(web.devices(right.json().get("token").asText()).status()).isEqualTo(200);
    }

    @Test
    void an_administrator_takes_the_second_step_too() {
        Visitor root = new Visitor(SERVER);
        root.send("/admin/login", "/admin/login", "username=root", "password=" + PASSWORD);
        AuthenticatorApp app = AuthenticatorApp.setUp(root, "/admin/second-factor", CLOCK);
        CLOCK.advance(Duration.ofMinutes(2));

        Visitor again = new Visitor(SERVER);
        Answer asked = again.send("/admin/login", "/admin/login", "username=root", "password=" + PASSWORD);
        assertThat(again.cookies()).doesNotContainKey("admin_session");
        Matcher step = STEP.matcher(asked.text());
        assertThat(step.find()).isTrue();
        again.send("/admin/login", "/admin/login/second", "step=" + step.group(1), "code=" + app.code());

        assertThat(again.get("/admin/dashboard").status()).isEqualTo(200);
    }

    @Test
    void a_recovery_code_takes_the_place_of_the_app_once() {
        SERVER.addUser("emil");
        Visitor emil = Visitor.user(SERVER, "emil");
        AuthenticatorApp.setUp(emil, SET_UP, CLOCK);
        List<String> codes = AuthenticatorApp.recoveryCodes(emil.get(SET_UP).text());
        assertThat(codes).hasSize(10).doesNotHaveDuplicates();
        assertThat(AuthenticatorApp.recoveryCodes(emil.get(SET_UP).text())).isEmpty();

        Visitor lost = new Visitor(SERVER);
        String typed = codes.get(3).replace("-", " ").toLowerCase(java.util.Locale.ROOT);
        assertThat(second(lost, step(lost, "emil"), typed).status()).isEqualTo(303);
        assertThat(lost.get(SET_UP).text()).contains("9 codes are left");
        Visitor again = new Visitor(SERVER);
        assertThat(second(again, step(again, "emil"), codes.get(3)).status()).isEqualTo(401);
    }
}
