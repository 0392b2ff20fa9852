package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** How often strangers may try what at two servers together. */
class SharedAttemptsTest {
    private static final int TRIES = 4;
    private static final ServerPair SERVERS = ServerPair.start(settings());

    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("rateLimits.enabled", "true");
        settings.put("http.trustedProxies", "127.0.0.1");
        for (String group : new String[] {"login", "register", "forgot", "reset", "confirm", "bearer"}) {
            settings.put("rateLimits." + group + ".attempts", Integer.toString(TRIES));
            settings.put("rateLimits." + group + ".windowSeconds", "600");
        }
        return settings;
    }

    @AfterAll
    static void stop() {
        SERVERS.close();
    }

    @Test
    void wrong_passwords_run_out() {
        runOut(
                401,
                "192.0.2.1",
                i -> Request.post(
                        "/api/v1/auth/login", "{\"username\":\"somebody\",\"password\":\"wrong %s\"}".formatted(i)));
    }

    @Test
    void registrations_run_out() {
        runOut(
                200,
                "192.0.2.2",
                i -> Request.post(
                        "/api/v1/auth/register",
                        Web.registration("newcomer" + i, "newcomer" + i + "@example.org", TestServer.PASSWORD)
                                .toString()));
    }

    @Test
    void requests_for_reset_links_run_out() {
        runOut(200, "192.0.2.3", i -> Request.post("/api/v1/auth/forgot", "{\"email\":\"nobody@example.org\"}"));
    }

    @Test
    void wrong_reset_and_confirmation_tokens_run_out() {
        runOut(
                400,
                "192.0.2.4",
                i -> Request.post("/api/v1/auth/reset", "{\"token\":\"nonsense\",\"new_password\":\"long enough\"}"));
        runOut(400, "192.0.2.4", i -> Request.post("/api/v1/auth/confirm", "{\"token\":\"nonsense\"}"));
    }

    @Test
    void servers_that_cannot_count_together_count_for_themselves() {
        TestPostgres.execute(SERVERS.access(), "ALTER TABLE rate_buckets RENAME TO away");
        try {
            for (int i = 0; i < TRIES; i++) {
                assertThat(forgot(SERVERS.one()).status()).isEqualTo(200);
                assertThat(forgot(SERVERS.other()).status()).isEqualTo(200);
            }
            assertThat(forgot(SERVERS.one()).status()).isEqualTo(429);
            assertThat(forgot(SERVERS.other()).status()).isEqualTo(429);
        } finally {
            TestPostgres.execute(SERVERS.access(), "ALTER TABLE away RENAME TO rate_buckets");
        }
    }

    private static Answer forgot(TestServer server) {
        return server.send(Request.post("/api/v1/auth/forgot", "{\"email\":\"nobody@example.org\"}")
                .with("X-Forwarded-For", "192.0.2.5"));
    }

    /** Asks one server and the other in turn. */
    private static void runOut(int status, String from, IntFunction<Request> request) {
        for (int i = 0; i < TRIES; i++) {
            assertThat(send(i, from, request).status()).isEqualTo(status);
        }
        for (int i = TRIES; i < TRIES + 2; i++) {
            Answer refusal = send(i, from, request);
            assertThat(refusal.status()).isEqualTo(429);
            assertThat(refusal.code()).isEqualTo("rate_limited");
            assertThat(Integer.parseInt(refusal.header("Retry-After"))).isBetween(1, 600);
        }
    }

    private static Answer send(int turn, String from, IntFunction<Request> request) {
        TestServer server = turn % 2 == 0 ? SERVERS.one() : SERVERS.other();
        return server.send(request.apply(turn).with("X-Forwarded-For", from));
    }
}
