package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page of a user's account: password, address, browsers, language. */
class AccountPageTest {
    private static final String OTHER_PASSWORD = "copper-lantern-77";
    private static final Pattern SESSION = Pattern.compile("name=\"session\" value=\"([0-9a-f]+)\"");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("ann")
            .withUser("ben")
            .withUser("cleo")
            .withUser("dora")
            .withUser("eve")
            .withUser("fay")
            .withUser("gus")
            .withUser("hal");

    private final Web web = new Web(SERVER);

    @Test
    void s17_another_password_signs_out_all_other_browsers_and_is_told_by_mail() {
        Visitor ann = Visitor.user(SERVER, "ann");
        Visitor elsewhere = Visitor.user(SERVER, "ann");

        assertThat(changePassword(ann, "not this one", OTHER_PASSWORD).status()).isEqualTo(403);
        assertThat(changePassword(ann, TestServer.PASSWORD, "short").status()).isEqualTo(400);
        assertThat(elsewhere.get("/account").status()).isEqualTo(200);

        assertThat(changePassword(ann, TestServer.PASSWORD, OTHER_PASSWORD).status())
                .isEqualTo(303);

        assertThat(ann.get("/account").text()).contains("Password changed.");
        assertThat(elsewhere.get("/account").status()).isEqualTo(303);
        assertThat(web.login("ann", TestServer.PASSWORD).status()).isEqualTo(401);
        assertThat(web.login("ann", OTHER_PASSWORD).status()).isEqualTo(200);
        assertThat(web.told("ann")).contains("password_changed");
    }

    @Test
    void another_address_holds_once_its_link_is_used_and_the_old_one_is_told() {
        Visitor ben = Visitor.user(SERVER, "ben");
        web.forgot("ben@example.org");
        String reset = web.mailedToken("ben@example.org", "reset");

        assertThat(changeEmail(ben, "benjamin@example.org", "not this one").status())
                .isEqualTo(403);
        assertThat(changeEmail(ben, "benjamin", TestServer.PASSWORD).status()).isEqualTo(400);
        assertThat(changeEmail(ben, "Benjamin@example.org", TestServer.PASSWORD).status())
                .isEqualTo(303);

        assertThat(web.mail("ben@example.org", "email-changing").variables())
                .containsEntry("address", "Benjamin@example.org");
        assertThat(ben.get("/account").text()).contains("Benjamin@example.org has not been used yet");
        assertThat(web.login("benjamin@example.org", TestServer.PASSWORD).status())
                .isEqualTo(401);

        String token = web.mailedToken("Benjamin@example.org", "email-change");
        Visitor phone = new Visitor(SERVER);
        assertThat(phone.get("/account/email?token=" + token).status()).isEqualTo(200);
        assertThat(web.login("benjamin@example.org", TestServer.PASSWORD).status())
                .isEqualTo(401);
        Answer done = phone.send("/account/email?token=" + token, "/account/email/confirm", "token=" + token);
        assertThat(done.header("Location")).isEqualTo("/account/email/done");

        assertThat(web.login("benjamin@example.org", TestServer.PASSWORD).status())
                .isEqualTo(200);
        assertThat(web.login("ben@example.org", TestServer.PASSWORD).status()).isEqualTo(401);
        assertThat(web.login("ben", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(ben.get("/account").text()).contains("ben, Benjamin@example.org");
        assertThat(web.reset(reset, OTHER_PASSWORD).status()).isEqualTo(400);
    }

    @Test
    void s16_the_link_to_a_new_address_works_once_under_many_tries_at_a_time() {
        Visitor cleo = Visitor.user(SERVER, "cleo");
        changeEmail(cleo, "first@example.org", TestServer.PASSWORD);
        String voided = web.mailedToken("first@example.org", "email-change");
        changeEmail(cleo, "second@example.org", TestServer.PASSWORD);
        String token = web.mailedToken("second@example.org", "email-change");
        assertThat(new Visitor(SERVER).get("/account/email?token=" + voided).status())
                .isEqualTo(400);

        long done = IntStream.range(0, 50)
                .parallel()
                .mapToObj(i -> new Visitor(SERVER).send("/login", "/account/email/confirm", "token=" + token))
                .filter(answer -> answer.status() == 303)
                .count();

        assertThat(done).isEqualTo(1);
    }

    @Test
    void an_address_of_somebody_else_is_refused_at_once_and_again_when_its_link_is_used() {
        Visitor dora = Visitor.user(SERVER, "dora");
        assertThat(changeEmail(dora, "EVE@example.org", TestServer.PASSWORD).status())
                .isEqualTo(409);
        changeEmail(dora, "taken@example.org", TestServer.PASSWORD);
        String token = web.mailedToken("taken@example.org", "email-change");
        web.register("quick", "taken@example.org", TestServer.PASSWORD);

        Answer late =
                new Visitor(SERVER).send("/account/email?token=" + token, "/account/email/confirm", "token=" + token);

        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text()).contains("There is already an account with this address.");
        assertThat(web.login("dora@example.org", TestServer.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void another_password_and_the_owners_word_void_the_link_to_a_new_address() {
        Visitor gus = Visitor.user(SERVER, "gus");
        changeEmail(gus, "gus-one@example.org", TestServer.PASSWORD);
        String first = web.mailedToken("gus-one@example.org", "email-change");
        assertThat(gus.send("/account", "/account/email/keep").status()).isEqualTo(303);
        changeEmail(gus, "gus-two@example.org", TestServer.PASSWORD);
        String second = web.mailedToken("gus-two@example.org", "email-change");
        changePassword(gus, TestServer.PASSWORD, OTHER_PASSWORD);

        for (String token : new String[] {first, second}) {
            assertThat(new Visitor(SERVER).get("/account/email?token=" + token).status())
                    .isEqualTo(400);
        }
    }

    @Test
    void s18_whatever_a_request_says_of_the_servers_name_is_in_no_mail() {
        Visitor hal = Visitor.user(SERVER, "hal");
        Matcher token = Pattern.compile("name=\"csrf_token\" value=\"([0-9a-f]{64})\"")
                .matcher(hal.get("/account").text());
        assertThat(token.find()).isTrue();

        hal.post(Visitor.form(
                        "/account/email",
                        "email=hal9@example.org",
                        "password=" + TestServer.PASSWORD,
                        "csrf_token=" + token.group(1))
                .with("X-Forwarded-Host", "evil.example")
                .with("X-Forwarded-Proto", "https"));

        assertThat(web.mail("hal9@example.org", "email-change").variables()).containsOnlyKeys("token");
        assertThat(web.mail("hal@example.org", "email-changing").variables().toString())
                .doesNotContain("evil");
    }

    @Test
    void s23_a_browser_is_signed_out_from_another_one_and_a_strangers_is_not() {
        Visitor eve = Visitor.user(SERVER, "eve");
        Visitor lost = Visitor.user(SERVER, "eve");
        Visitor stranger = Visitor.user(SERVER, "fay");
        Matcher other = SESSION.matcher(eve.get("/account").text());
        assertThat(other.find()).isTrue();

        assertThat(stranger.send("/account", "/account/sessions/end", "session=" + other.group(1))
                        .status())
                .isEqualTo(303);
        assertThat(lost.get("/account").status()).isEqualTo(200);

        for (int i = 0; i < 2; i++) {
            assertThat(eve.send("/account", "/account/sessions/end", "session=" + other.group(1))
                            .status())
                    .isEqualTo(303);
        }
        assertThat(lost.get("/account").header("Location")).startsWith("/login");
        assertThat(eve.get("/account").status()).isEqualTo(200);

        Visitor again = Visitor.user(SERVER, "eve");
        eve.send("/account", "/account/sessions/end-others");
        assertThat(again.get("/account").status()).isEqualTo(303);
        assertThat(eve.get("/account").status()).isEqualTo(200);
    }

    @Test
    void a_chosen_language_is_that_of_pages_and_of_mails() {
        Visitor fay = Visitor.user(SERVER, "fay");

        assertThat(fay.send("/account", "/account/language", "language=ru").status())
                .isEqualTo(303);
        assertThat(fay.get("/account").text()).contains("Ваша учётная запись");
        web.forgot("fay@example.org");
        assertThat(web.mail("fay@example.org", "reset").language()).isEqualTo("ru");

        assertThat(fay.send("/account", "/account/language", "language=tlh").status())
                .isEqualTo(400);
        assertThat(fay.send("/account", "/account/language", "language=").status())
                .isEqualTo(303);
    }

    private static Answer changePassword(Visitor visitor, String old, String chosen) {
        return visitor.send("/account", "/account/password", "password=" + old, "new_password=" + chosen);
    }

    private static Answer changeEmail(Visitor visitor, String email, String password) {
        return visitor.send("/account", "/account/email", "email=" + email, "password=" + password);
    }
}
