package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.testkit.Answer;
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

/** Section 5: registering and confirming. */
class RegistrationTest {
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of()).withUser("taken");

    private final Web web = new Web(SERVER);

    @Test
    void an_address_with_an_international_domain_is_one_with_its_form_in_ascii() {
        assertThat(web.register("idna", "idna@пример.рф", TestServer.PASSWORD).status())
                .isEqualTo(200);
        assertThat(web.register("idnb", "IDNA@xn--e1afmkfd.xn--p1ai", TestServer.PASSWORD)
                        .status())
                .isEqualTo(409);
        assertThat(web.confirm(web.mailedToken("idna@xn--e1afmkfd.xn--p1ai", "confirm"))
                        .status())
                .isEqualTo(200);

        assertThat(web.login("Idna@Пример.РФ", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(web.forgot("idna@пример.рф").status()).isEqualTo(200);
        assertThat(web.mailedToken("idna@xn--e1afmkfd.xn--p1ai", "reset")).isNotEmpty();
    }

    @Test
    void who_registers_can_sign_in_once_the_mailed_token_is_confirmed() {
        Answer registered = web.register("Carol", "Carol@example.org", TestServer.PASSWORD);

        assertThat(registered.status()).isEqualTo(200);
        assertThat(registered.text()).isEqualTo("{\"status\":\"confirmation_sent\"}");
        assertThat(web.login("carol", TestServer.PASSWORD).status()).isEqualTo(403);
        assertThat(web.login("carol", "wrong password").status()).isEqualTo(401);

        Answer confirmed = web.confirm(web.mailedToken("Carol@example.org", "confirm"));

        assertThat(confirmed.text()).isEqualTo("{\"status\":\"confirmed\"}");
        assertThat(web.login("carol", TestServer.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void a_scanner_that_follows_the_link_confirms_nothing_but_the_button_does() {
        web.register("dora", "dora@example.org", TestServer.PASSWORD);
        String token = web.mailedToken("dora@example.org", "confirm");

        Answer page = SERVER.send(Request.get("/api/v1/auth/confirm?token=" + token));
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
        assertThat(page.header("Referrer-Policy")).isEqualTo("same-origin");
        assertThat(page.text()).contains("method=\"post\"", token);
        assertThat(web.login("dora", TestServer.PASSWORD).status()).isEqualTo(403);

        Answer pressed = form(token);
        assertThat(pressed.status()).isEqualTo(303);
        assertThat(pressed.header("Location")).isEqualTo("/confirmed");
        assertThat(SERVER.send(Request.get("/confirmed").with("Accept-Language", "ru"))
                        .text())
                .contains("Адрес подтверждён");
        assertThat(web.login("dora", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(form(token).status()).isEqualTo(400);
    }

    @Test
    void a_token_that_is_not_good_gets_a_page_on_pages_and_json_in_the_call() {
        for (Answer page : new Answer[] {
            SERVER.send(Request.get("/api/v1/auth/confirm?token=%3Cb%3Enonsense")),
            SERVER.send(Request.get("/api/v1/auth/confirm")),
            form("nonsense")
        }) {
            assertThat(page.status()).isEqualTo(400);
            assertThat(page.header("Content-Type")).startsWith("text/html");
            assertThat(page.text()).doesNotContain("<b>");
        }
        Answer call = web.confirm("nonsense");
        assertThat(call.status()).isEqualTo(400);
        assertThat(call.code()).isEqualTo("invalid_request");
        assertThat(call.json().required("error").textValue()).isEqualTo("invalid or expired token");
    }

    @Test
    void s05_names_and_addresses_are_unique_without_regard_to_case() {
        assertThat(web.register("TAKEN", "free@example.org", TestServer.PASSWORD)
                        .status())
                .isEqualTo(409);
        assertThat(web.register("free", "TAKEN@EXAMPLE.org", TestServer.PASSWORD)
                        .status())
                .isEqualTo(409);
        assertThat(web.register("free", "TAKEN@EXAMPLE.org", TestServer.PASSWORD)
                        .code())
                .isEqualTo("conflict");
    }

    @ParameterizedTest
    @ValueSource(strings = {"taken@example.org", "ab", "a b c", "кот-учёный", "line\nbreak", "a/../b"})
    void s04_a_username_that_could_be_an_address_or_is_no_plain_word_is_refused(String username) {
        assertThat(web.register(username, "free@example.org", TestServer.PASSWORD)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void s04_login_by_address_finds_its_owner_and_never_a_user_who_is_called_so() {
        String impostor = SERVER.addUser("impostor");
        SERVER.execute("UPDATE users SET username = 'taken@example.org', username_key = 'taken@example.org',"
                + " id = '000000000000000000000000' WHERE id = '" + impostor + "'");

        assertThat(web.login("taken@example.org", TestServer.PASSWORD)
                        .json()
                        .required("user_id")
                        .textValue())
                .isNotEqualTo("000000000000000000000000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "@example.org", "a@b@c.org", "a@example.org\r\nBcc: x@example.org", "a b@c.org"})
    void s41_an_address_that_is_none_or_breaks_a_line_is_refused(String email) {
        Answer answer = web.register("free", email, TestServer.PASSWORD);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().required("error").textValue()).isEqualTo("invalid email");
    }

    @Test
    void s07_a_password_is_judged_by_its_bytes_and_none_is_cut() {
        assertThat(error("seven77")).isEqualTo("PASSWORD_TOO_SHORT");
        assertThat(error("ß".repeat(129))).isEqualTo("PASSWORD_TOO_LONG");
        String long72 = "\uD83D\uDC1F".repeat(18);

        assertThat(web.register("seal", "seal@example.org", long72 + "X-and-more")
                        .status())
                .isEqualTo(200);
        web.confirm(web.mailedToken("seal@example.org", "confirm"));

        assertThat(web.login("seal", long72 + "X-and-more").status()).isEqualTo(200);
        assertThat(web.login("seal", long72 + "Y-and-more").status()).isEqualTo(401);
        assertThat(web.login("seal", long72).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"password", "PassWord1", "12345678", "qwertyuiop", "iloveyou1"})
    void s10_a_common_password_is_refused(String password) {
        assertThat(error(password)).isEqualTo("PASSWORD_TOO_COMMON");
    }

    @Test
    void what_is_missing_is_named_as_a_request_that_is_not_valid() {
        for (String field : new String[] {"username", "email", "password"}) {
            ObjectNode body = Web.registration("free", "free@example.org", TestServer.PASSWORD);
            body.remove(field);
            Answer answer = web.post("/api/v1/auth/register", body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("invalid_request");
        }
    }

    @Test
    void a_name_that_nobody_confirmed_in_time_is_free_again() {
        web.register("squatter", "stranger@example.org", TestServer.PASSWORD);
        CLOCK.advance(Duration.ofHours(47));
        assertThat(web.register("squatter", "owner@example.org", TestServer.PASSWORD)
                        .status())
                .isEqualTo(409);

        CLOCK.advance(Duration.ofHours(1));

        assertThat(web.register("squatter", "owner@example.org", TestServer.PASSWORD)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void s18_a_mail_carries_nothing_of_the_requests_host() {
        SERVER.send(Request.post(
                        "/api/v1/auth/register",
                        Web.registration("hosted", "hosted@example.org", TestServer.PASSWORD)
                                .toString())
                .with("X-Forwarded-Host", "evil.example")
                .with("X-Forwarded-Proto", "https"));

        NewMail mail = web.mail("hosted@example.org", "confirm");

        assertThat(mail.variables().keySet()).containsExactly("token");
    }

    private String error(String password) {
        Answer answer = web.register("free", "free@example.org", password);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_request");
        return answer.json().required("error").textValue();
    }

    private static Answer form(String token) {
        return new Visitor(SERVER).send("/confirmed", "/api/v1/auth/confirm", "token=" + token);
    }
}
