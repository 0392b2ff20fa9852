package io.verstak.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.account.Credentials;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.SignIns.Outcome;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.factor.SignInMethod;
import io.verstak.server.account.module.AccountModule;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What administrators do, from beside a server that runs, and what it ends. */
class BlockingTest {
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of());

    private final Web web = new Web(SERVER);

    @Test
    void s21_a_blocked_user_is_refused_also_on_an_open_connection_and_let_in_again_when_unblocked() throws IOException {
        String id = SERVER.addUser("anna");
        String session = web.session("anna");
        try (Desktop desktop = SERVER.pair("anna", "main");
                Http open = Http.connect(SERVER.port())) {
            Request me = Request.get("/api/client/me").bearer(desktop.token());
            assertThat(open.send(me).status()).isEqualTo(200);

            block(id);
            assertThat(awaitStatus(open, me, 403).code()).isEqualTo("forbidden");
            awaitStatus(open, Request.get("/api/v1/user/devices").bearer(session), 401);
            assertThat(web.login("anna", TestServer.PASSWORD).status()).isEqualTo(403);
            block(id);

            SERVER.beside(accounts -> accounts.administration().block(Actor.COMMAND_LINE, id, Optional.of(false)));
            assertThat(awaitStatus(open, me, 200).status()).isEqualTo(200);
            assertThat(web.devices(session).status()).isEqualTo(401);
        }
    }

    @Test
    void s23_a_password_set_by_an_administrator_ends_sessions_and_tells_the_owner() throws IOException {
        SERVER.addUser("berta");
        String session = web.session("berta");

        String password = SERVER.beside(accounts -> accounts.administration()
                .find("berta")
                .compose(user ->
                        accounts.administration().resetPassword(Actor.COMMAND_LINE, user, Optional.empty(), false)));

        try (Http http = Http.connect(SERVER.port())) {
            awaitStatus(http, Request.get("/api/v1/user/devices").bearer(session), 401);
        }
        assertThat(web.login("berta", TestServer.PASSWORD).status()).isEqualTo(401);
        assertThat(web.login("berta", password).status()).isEqualTo(200);
        assertThat(web.told("berta")).contains("password_set");
    }

    @Test
    void s42_a_deleted_user_is_gone_but_stays_in_the_audit_log_under_a_pseudonym() throws IOException {
        String id = SERVER.addUser("carla");
        String session = web.session("carla");
        try (Desktop desktop = SERVER.pair("carla", "main");
                Http http = Http.connect(SERVER.port())) {
            SERVER.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, id));

            awaitStatus(http, Request.get("/api/client/me").bearer(desktop.token()), 401);
            awaitStatus(http, Request.get("/api/v1/user/devices").bearer(session), 401);
        }
        assertThat(web.login("carla", TestServer.PASSWORD).status()).isEqualTo(401);
        assertThat(audit("SELECT COUNT(*) FROM audit_log WHERE user_id = '" + id + "'"))
                .containsExactly("0");
        List<String> kept =
                audit("SELECT type FROM audit_log WHERE user_id = (SELECT user_id FROM audit_log WHERE type ="
                        + " 'user_deleted') ORDER BY id");
        assertThat(kept).containsExactly("user_created", "login", "device_paired", "user_deleted");
        assertThat(audit("SELECT * FROM audit_log")).noneMatch(row -> row.contains("carla"));
    }

    @Test
    void a_session_of_an_administrator_ends_after_two_idle_hours_and_with_another_password() {
        InetAddress here = InetAddress.getLoopbackAddress();
        Credentials root = new Credentials("Root", "a long enough passphrase", here);
        List<Boolean> good = SERVER.beside(accounts -> {
            SessionTokens tokens = accounts.administratorTokens();
            Administrators administrators = accounts.administrators();
            return administrators
                    .put("root", "a long enough passphrase")
                    .compose(made -> signIn(accounts, root))
                    .compose(token -> good(tokens, token, Duration.ZERO)
                            .compose(first -> good(tokens, token, Duration.ofMinutes(119)))
                            .compose(used -> good(tokens, token, Duration.ofMinutes(119))
                                    .compose(again -> good(tokens, token, Duration.ofHours(2))
                                            .map(idle -> List.of(used, again, idle)))))
                    .compose(before -> signIn(accounts, root)
                            .compose(token -> good(tokens, token, Duration.ZERO)
                                    .compose(fresh -> administrators
                                            .put("root", "another long passphrase")
                                            .compose(done -> good(tokens, token, Duration.ZERO))
                                            .map(ended -> List.of(
                                                    before.get(0), before.get(1), before.get(2), fresh, ended)))));
        });
        assertThat(good).containsExactly(true, true, false, true, false);
    }

    @Test
    void when_a_session_was_used_last_outlives_what_is_remembered_of_it() {
        InetAddress here = InetAddress.getLoopbackAddress();
        Credentials rita = new Credentials("rita", "a long enough passphrase", here);
        boolean good = SERVER.beside(accounts -> {
            SessionTokens tokens = accounts.administratorTokens();
            return accounts.administrators()
                    .put("rita", "a long enough passphrase")
                    .compose(made -> signIn(accounts, rita))
                    .compose(token -> good(tokens, token, Duration.ofMinutes(119))
                            .onSuccess(used -> tokens.forgetAll())
                            .compose(used -> good(tokens, token, Duration.ofMinutes(119))));
        });
        assertThat(good).isTrue();
    }

    private static Future<Boolean> good(SessionTokens tokens, String token, Duration later) {
        CLOCK.advance(later);
        return tokens.identify(token, InetAddress::getLoopbackAddress).map(true).otherwise(false);
    }

    private static void block(String id) {
        SERVER.beside(accounts -> accounts.administration().block(Actor.COMMAND_LINE, id, Optional.of(true)));
    }

    /** A change from beside is noticed some time later. */
    private static Answer awaitStatus(Http http, Request request, int status) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        Answer answer = http.send(request);
        while (answer.status() != status && System.nanoTime() < deadline) {
            answer = http.send(request);
        }
        assertThat(answer.status()).isEqualTo(status);
        return answer;
    }

    private static List<String> audit(String sql) {
        return SERVER.rows(sql);
    }

    private static Future<String> signIn(AccountModule accounts, Credentials credentials) {
        Client client = new Client(credentials.address(), "test");
        return accounts.administrators()
                .check(credentials)
                .compose(found ->
                        accounts.signing().signIns().firstStep(Person.of(found), SignInMethod.PASSWORD, client))
                .map(Outcome::token);
    }
}
