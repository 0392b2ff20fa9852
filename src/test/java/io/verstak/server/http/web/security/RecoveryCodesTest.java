package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.account.passkey.SoftAuthenticator;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Recovery codes of people whose first second factor is a passkey. */
class RecoveryCodesTest {
    private static final MutableClock CLOCK = new MutableClock();
    private static final String HOST = "sync.example.org";
    private static final String PASSKEYS = "/account/passkeys";
    private static final String SECOND_FACTOR = "/account/second-factor";
    private static final String PASSWORD = "password=" + TestServer.PASSWORD;

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of("http.publicUrl", "https://" + HOST))
            .withUser("ann")
            .withUser("ben")
            .withAdministrator("root");

    private static Answer add(Visitor visitor, String page) {
        String answer = new SoftAuthenticator("https://" + HOST, HOST)
                .create(request(visitor.get(page).text()));
        Answer added = visitor.send(page, page + "/add", "credential=" + answer);
        assertThat(added.status()).as(added.text()).isEqualTo(303);
        return visitor.get(page);
    }

    private static String request(String page) {
        return page.replaceAll("(?s).*data-passkey=\"([^\"]*)\".*", "$1").replace("&quot;", "\"");
    }

    private static List<String> codes(Answer page) {
        return AuthenticatorApp.recoveryCodes(page.text());
    }

    @Test
    void the_first_passkey_brings_ten_codes_once_and_the_next_one_none() {
        Visitor ann = Visitor.user(SERVER, "ann");

        Answer shown = add(ann, PASSKEYS);

        List<String> codes = codes(shown);
        assertThat(codes).hasSize(10);
        assertThat(shown.header("Cache-Control")).isEqualTo("no-store");
        String file = shown.text().replaceAll("(?s).*href=\"data:text/plain;charset=utf-8,([^\"]*)\".*", "$1");
        assertThat(URLDecoder.decode(file, StandardCharsets.UTF_8).lines())
                .contains("ann")
                .containsAll(codes);
        assertThat(codes(ann.get(PASSKEYS))).isEmpty();
        assertThat(codes(add(ann, PASSKEYS))).isEmpty();
        AuthenticatorApp.setUp(ann, SECOND_FACTOR, CLOCK);
        assertThat(codes(ann.get(SECOND_FACTOR))).isEmpty();
        assertThat(ann.get(SECOND_FACTOR).text()).contains("10 codes are left");

        String step = new Visitor(SERVER)
                .send("/login", "/login", "username=ann", PASSWORD)
                .text()
                .replaceAll("(?s).*name=\"step\" value=\"([^\"]*)\".*", "$1");
        Visitor later = new Visitor(SERVER);
        assertThat(later.send("/login", "/login/second", "step=" + step, "code=" + codes.get(0))
                        .status())
                .isEqualTo(303);
        assertThat(later.get("/dashboard").status()).isEqualTo(200);
    }

    @Test
    void who_has_a_passkey_and_no_app_confirms_by_a_recovery_code_and_gets_new_ones() {
        Visitor ben = Visitor.user(SERVER, "ben");
        String code = codes(add(ben, PASSKEYS)).get(0);
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        assertThat(ben.send("/confirm", "/confirm/code", "code=" + code, "next=" + SECOND_FACTOR)
                        .header("Location"))
                .isEqualTo(SECOND_FACTOR);
        assertThat(ben.get(SECOND_FACTOR).text()).contains("9 codes are left");

        ben.send(SECOND_FACTOR, SECOND_FACTOR + "/codes");

        assertThat(codes(ben.get(SECOND_FACTOR))).hasSize(10).doesNotContain(code);
    }

    @Test
    void an_account_that_begins_with_a_passkey_gets_codes_with_it() {
        Visitor visitor = new Visitor(SERVER);
        visitor.send("/register", "/register", "username=cleo", "email=cleo@example.org", "passkey=1");
        String token = new Web(SERVER).mailedToken("cleo@example.org", "confirm");
        String page = "/api/v1/auth/confirm?token=" + token;
        String answer = new SoftAuthenticator("https://" + HOST, HOST)
                .create(request(visitor.get(page).text()));

        Answer joined = visitor.send(page, "/register/passkey", "token=" + token, "credential=" + answer);

        assertThat(joined.header("Location")).isEqualTo(PASSKEYS);
        assertThat(codes(new Visitor(SERVER)
                        .withCookie("__Host-shown_once", visitor.cookie("__Host-shown_once"))
                        .get(PASSKEYS)))
                .isEmpty();
        assertThat(codes(visitor.get(PASSKEYS))).hasSize(10);
        assertThat(codes(visitor.get(PASSKEYS))).isEmpty();
    }

    @Test
    void an_administrator_gets_codes_with_the_first_passkey() {
        Visitor root = new Visitor(SERVER);
        root.send("/admin/login", "/admin/login", "username=root", PASSWORD);
        assertThat(codes(add(root, "/admin/passkeys"))).hasSize(10);
    }
}
