package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.admin.Administrators;
import io.verstak.server.admin.ServerSetup.Setup;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.error.ServerException;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens that go out by mail or as a link: good once, for a time, and until there is a newer one. */
class EmailTokenTest {
    private static final int AT_ONCE = 50;
    private static final String OTHER_PASSWORD = "copper-lantern-77";
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of());

    private final Web web = new Web(SERVER);

    @Test
    void s16_a_confirmation_works_once_under_50_parallel_tries() {
        web.register("once", "once@example.org", TestServer.PASSWORD);
        String token = web.mailedToken("once@example.org", "confirm");

        assertThat(successes(() -> web.confirm(token))).isEqualTo(1);
    }

    @Test
    void s16_a_reset_works_once_under_50_parallel_tries() {
        SERVER.addUser("anna");
        String token = resetToken("anna");

        // Those that find the hashing pool full are told to come again, which they do in vain.
        assertThat(successes(() -> web.reset(token, OTHER_PASSWORD))).isEqualTo(1);
        assertThat(web.reset(token, OTHER_PASSWORD).status()).isEqualTo(400);
    }

    @Test
    void s16_an_invitation_works_once_under_50_parallel_tries() {
        try (TestServer server = TestServer.start(Map.of("accounts.registration", "invitation"))) {
            Web invited = new Web(server);
            String invitation = server.beside(accounts -> accounts.invitations().create(Actor.COMMAND_LINE, ""));

            assertThat(answers(i -> invited.post(
                                    "/api/v1/auth/register",
                                    Web.registration("guest" + i, "guest" + i + "@example.org", TestServer.PASSWORD)
                                            .put("invitation", invitation)))
                            .filter(answer -> answer.status() == 200)
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void s16_a_setup_token_works_once_under_50_parallel_tries_and_a_new_one_voids_it() {
        long successes = SERVER.beside(accounts -> {
            Administrators administrators = accounts.administrators();
            return administrators
                    .setupToken()
                    .compose(old -> administrators
                            .setupToken()
                            .compose(token -> Future.all(Stream.concat(
                                            Stream.of(setUp(administrators, old.orElseThrow())),
                                            IntStream.range(0, AT_ONCE)
                                                    .mapToObj(i -> setUp(administrators, token.orElseThrow())))
                                    .toList()))
                            .map(all -> all.<Integer>list().stream()
                                    .mapToLong(status -> status)
                                    .filter(status -> status == 200)
                                    .count()));
        });

        assertThat(successes).isEqualTo(1);
    }

    private static Future<Integer> setUp(Administrators administrators, String token) {
        return administrators
                .setUp(new Setup(
                        token, "root", "a long enough passphrase", Optional.empty(), InetAddress.getLoopbackAddress()))
                .map(200)
                .otherwise(refusal ->
                        refusal instanceof ServerException known ? known.code().status() : 0);
    }

    @Test
    void s16_tokens_expire_on_time_and_are_stored_hashed() {
        web.register("late", "late@example.org", TestServer.PASSWORD);
        SERVER.addUser("berta");
        String confirm = web.mailedToken("late@example.org", "confirm");
        String reset = resetToken("berta");
        assertThat(confirm).matches("[0-9a-f]{64}");
        assertThat(SERVER.rows("SELECT token_hash FROM email_tokens"))
                .contains(Tokens.digest(confirm).hex(), Tokens.digest(reset).hex())
                .doesNotContain(confirm, reset);

        CLOCK.advance(Duration.ofHours(1));
        assertThat(web.reset(reset, OTHER_PASSWORD).status()).isEqualTo(400);
        CLOCK.advance(Duration.ofHours(47));
        assertThat(web.confirm(confirm).status()).isEqualTo(400);
    }

    @Test
    void s16_a_new_reset_token_voids_the_old_one() {
        SERVER.addUser("clara");
        String old = resetToken("clara");
        web.forgot("clara@example.org");
        String fresh = awaitOther("clara", old);

        assertThat(web.reset(old, OTHER_PASSWORD).status()).isEqualTo(400);
        assertThat(web.reset(fresh, OTHER_PASSWORD).text()).isEqualTo("{\"status\":\"password reset\"}");
    }

    @Test
    void a_password_that_is_refused_leaves_the_token_good() {
        SERVER.addUser("diana");
        String token = resetToken("diana");

        assertThat(web.reset(token, "short").json().required("error").textValue())
                .isEqualTo("PASSWORD_TOO_SHORT");
        assertThat(web.reset(token, OTHER_PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void s17_a_reset_ends_all_sessions_and_tells_the_owner_but_leaves_devices_alone() {
        SERVER.addUser("emma");
        String one = web.session("emma");
        String other = web.session("emma");
        try (Desktop desktop = SERVER.pair("emma", "main")) {
            assertThat(web.reset(resetToken("emma"), OTHER_PASSWORD).status()).isEqualTo(200);

            assertThat(web.devices(one).status()).isEqualTo(401);
            assertThat(web.devices(other).status()).isEqualTo(401);
            assertThat(me(desktop)).isEqualTo(200);
        }
        assertThat(web.login("emma", TestServer.PASSWORD).status()).isEqualTo(401);
        assertThat(web.login("emma", OTHER_PASSWORD).status()).isEqualTo(200);
        assertThat(web.told("emma")).contains("password_reset");
    }

    @Test
    void s17_a_reset_revokes_the_devices_when_it_is_asked_to() {
        SERVER.addUser("flora");
        try (Desktop desktop = SERVER.pair("flora", "main")) {
            assertThat(me(desktop)).isEqualTo(200);

            Answer reset = web.post(
                    "/api/v1/auth/reset",
                    Web.json()
                            .put("token", resetToken("flora"))
                            .put("new_password", OTHER_PASSWORD)
                            .put("revoke_devices", true));

            assertThat(reset.status()).isEqualTo(200);
            assertThat(me(desktop)).isEqualTo(401);
        }
    }

    private String resetToken(String name) {
        assertThat(web.forgot(name + "@example.org").status()).isEqualTo(200);
        return web.mailedToken(name + "@example.org", "reset");
    }

    private String awaitOther(String name, String old) {
        String token = old;
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (token.equals(old) && System.nanoTime() < deadline) {
            token = web.mailedToken(name + "@example.org", "reset");
        }
        return token;
    }

    private static int me(Desktop desktop) {
        return SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                .status();
    }

    private static long successes(Supplier<Answer> call) {
        return answers(i -> call.get())
                .peek(answer -> assertThat(answer.status()).isIn(200, 400, 503))
                .filter(answer -> answer.status() == 200)
                .count();
    }

    private static Stream<Answer> answers(IntFunction<Answer> call) {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            return IntStream.range(0, AT_ONCE).mapToObj(i -> threads.submit(() -> call.apply(i))).toList().stream()
                    .map(EmailTokenTest::get);
        } finally {
            threads.shutdown();
        }
    }

    private static Answer get(java.util.concurrent.Future<Answer> answer) {
        try {
            return answer.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
