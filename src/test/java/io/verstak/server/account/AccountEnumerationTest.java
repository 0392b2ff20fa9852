package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Alike;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a stranger cannot find out. */
class AccountEnumerationTest {
    private static final List<String> CALLS =
            List.of("/api/v1/auth/login", "/api/client/pair", "/api/auth/test", "/api/v1/device/register");
    private static final int TRIES = 200;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("alice")
            .withUser("blocked")
            .withUser("unconfirmed")
            .withUser("guarded");

    private final Web web = new Web(SERVER);

    @Test
    void s01_every_login_answers_alike_to_who_does_not_know_the_password() {
        SERVER.execute(
                "UPDATE users SET blocked = 1 WHERE username = 'blocked'",
                "UPDATE users SET confirmed = 0 WHERE username = 'unconfirmed'");
        giveSecondFactor();
        for (String call : CALLS) {
            Answer nobody = guess(call, "nobody", "wrong password");

            assertThat(nobody.status()).isEqualTo(401);
            for (String login : List.of("alice", "alice@example.org", "blocked", "unconfirmed", "guarded")) {
                Answer somebody = guess(call, login, "wrong password");
                assertThat(somebody.status()).as(call + " " + login).isEqualTo(401);
                assertThat(somebody.text()).as(call + " " + login).isEqualTo(nobody.text());
                assertThat(somebody.headers().keySet())
                        .isEqualTo(nobody.headers().keySet());
            }
            assertThat(guess(call, "blocked", TestServer.PASSWORD).status()).isEqualTo(403);
            assertThat(guess(call, "unconfirmed", TestServer.PASSWORD).status()).isEqualTo(403);
            assertThat(guess(call, "guarded", TestServer.PASSWORD).status()).isEqualTo(403);
        }
    }

    @Test
    @OneEngine("nearly all of the time is that of the hash of a password")
    void s02_medians_of_200_tries_for_somebody_and_nobody_differ_by_less_than_5_ms() throws IOException {
        giveSecondFactor();
        assertAlikeInTime(login("guarded", "wrong password"), login("nobody", "wrong password"));
    }

    @Test
    void s03_forgot_answers_alike_in_words_and_time_for_somebody_and_nobody() throws IOException {
        assertThat(web.forgot("alice@example.org").text())
                .isEqualTo(web.forgot("nobody@example.org").text())
                .isEqualTo("{\"status\":\"if email exists, reset link sent\"}");
        assertAlikeInTime(forgot("alice@example.org"), forgot("nobody@example.org"));
        assertThat(web.mailedToken("alice@example.org", "reset")).matches("[0-9a-f]{64}");
        assertThat(web.forgot("no address").status()).isEqualTo(400);
    }

    /** Who does not know the password cannot tell whether there is one. */
    private static void giveSecondFactor() {
        SERVER.execute(
                "INSERT INTO totp_secrets (realm, owner, secret, last_step, created_at) SELECT 'user', id, '', 0, 0"
                        + " FROM users WHERE username = 'guarded' ON CONFLICT DO NOTHING");
    }

    private static void assertAlikeInTime(Request somebody, Request nobody) throws IOException {
        try (Http http = Http.connect(SERVER.port())) {
            Alike.assertAlike(TRIES, () -> nanos(http, somebody), () -> nanos(http, nobody));
        }
    }

    private static long nanos(Http http, Request request) throws IOException {
        long start = System.nanoTime();
        http.send(request);
        return System.nanoTime() - start;
    }

    private static Request login(String login, String password) {
        return Request.post(
                "/api/v1/auth/login",
                Web.json().put("username", login).put("password", password).toString());
    }

    private static Request forgot(String email) {
        return Request.post(
                "/api/v1/auth/forgot", Web.json().put("email", email).toString());
    }

    private static Answer guess(String call, String login, String password) {
        return SERVER.send(Request.post(
                call,
                Web.json()
                        .put("username", login)
                        .put("login", login)
                        .put("password", password)
                        .toString()));
    }
}
