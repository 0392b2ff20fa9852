package io.verstak.server.auth.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How often strangers may try what, counted by the address that a trusted proxy names. */
class RateLimitTest {
    private static final int TRIES = 3;

    /** Requests, and so many of them before their answers are read. */
    private static final int FLOOD = 5_000;

    private static final int PIPELINE = 50;
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start(CLOCK, settings("127.0.0.1,10.0.0.0/8")).withUser("alice");

    private static Map<String, String> settings(String proxies) {
        Map<String, String> settings = new HashMap<>();
        settings.put("rateLimits.enabled", "true");
        settings.put("http.trustedProxies", proxies);
        for (String group : new String[] {"login", "register", "forgot", "reset", "confirm", "bearer"}) {
            settings.put("rateLimits." + group + ".attempts", Integer.toString(TRIES));
            settings.put("rateLimits." + group + ".windowSeconds", "60");
        }
        return settings;
    }

    @Test
    void wrong_tokens_of_devices_run_out_but_a_device_in_use_goes_on() {
        try (Desktop desktop = SERVER.pair("alice", "main")) {
            assertThat(me(desktop.token(), "192.0.2.1").status()).isEqualTo(200);

            assertRunsOut(401, () -> me("nonsense", "192.0.2.1"));

            assertThat(me(desktop.token(), "192.0.2.1").status()).isEqualTo(200);
        }
    }

    @Test
    void registrations_run_out() {
        int[] count = {0};
        assertRunsOut(200, () -> {
            String name = "newcomer" + count[0]++;
            return post(
                    "/api/v1/auth/register",
                    Web.registration(name, name + "@example.org", TestServer.PASSWORD)
                            .toString(),
                    "192.0.2.2");
        });
    }

    @Test
    void requests_for_reset_links_run_out() {
        assertRunsOut(200, () -> post("/api/v1/auth/forgot", "{\"email\":\"nobody@example.org\"}", "192.0.2.3"));
    }

    @Test
    void wrong_confirmation_and_reset_tokens_run_out() {
        assertRunsOut(400, () -> post("/api/v1/auth/confirm", "{\"token\":\"nonsense\"}", "192.0.2.4"));
        assertRunsOut(
                400,
                () -> post(
                        "/api/v1/auth/reset",
                        "{\"token\":\"nonsense\",\"new_password\":\"long enough\"}",
                        "192.0.2.4"));
        assertThat(SERVER.send(Request.get("/api/v1/auth/confirm?token=nonsense")
                                .with("X-Forwarded-For", "192.0.2.4"))
                        .header("Content-Type"))
                .startsWith("text/html");
    }

    @Test
    void s12_failures_at_one_address_never_lock_the_owner_out_at_another() {
        assertRunsOut(401, () -> login("alice", "wrong password", "192.0.2.5"));

        assertThat(login("alice", TestServer.PASSWORD, "192.0.2.5").status()).isEqualTo(429);
        assertThat(login("alice", TestServer.PASSWORD, "192.0.2.6").status()).isEqualTo(200);
    }

    @Test
    void s13_addresses_of_one_ipv6_64_share_a_budget() {
        int[] host = {0};
        assertRunsOut(401, () -> login("user" + host[0], "wrong", "2001:db8:0:1::" + Integer.toHexString(host[0]++)));

        assertThat(login("other", "wrong", "2001:db8:0:2::1").status()).isEqualTo(401);
    }

    @Test
    void s14_a_flood_from_many_addresses_frees_none_that_has_used_up_its_tries() throws Exception {
        assertRunsOut(401, () -> me("nonsense", "192.0.2.20"));

        try (Http http = Http.connect(SERVER.port())) {
            for (int network = 0; network < FLOOD / PIPELINE; network++) {
                ByteArrayOutputStream requests = new ByteArrayOutputStream();
                for (int host = 0; host < PIPELINE; host++) {
                    requests.writeBytes(request("nonsense", "2001:db8:" + network + ":" + host + "::1")
                            .bytes());
                }
                http.write(requests.toByteArray());
                for (int host = 0; host < PIPELINE; host++) {
                    assertThat(http.read().status()).isEqualTo(401);
                }
            }
        }

        assertThat(me("nonsense", "192.0.2.20").status()).isEqualTo(429);
        assertThat(me("nonsense", "192.0.2.21").status()).isEqualTo(401);
    }

    @Test
    void s15_the_rightmost_untrusted_hop_counts_and_what_a_client_prepends_changes_nothing() {
        int[] forged = {0};
        assertRunsOut(401, () -> login("victim", "wrong", "198.51.100." + forged[0]++ + ", 192.0.2.7, 10.1.2.3"));

        assertThat(login("victim", "wrong", "192.0.2.8, 10.1.2.3").status()).isEqualTo(401);
    }

    @Test
    void s15_without_a_trusted_proxy_the_header_is_ignored() {
        try (TestServer server = TestServer.start(CLOCK, settings(""))) {
            int[] forged = {0};
            assertRunsOut(
                    401,
                    () -> server.send(
                            Request.post("/api/v1/auth/login", "{\"username\":\"victim\",\"password\":\"wrong\"}")
                                    .with("X-Forwarded-For", "198.51.100." + forged[0]++)));
        }
    }

    @Test
    void s11_a_session_that_confirms_a_password_draws_on_the_same_budget() {
        SERVER.addUser("bob");
        Answer signedIn = login("bob", TestServer.PASSWORD, "192.0.2.9");
        String session = signedIn.json().required("token").textValue();

        assertRunsOut(
                403,
                () -> SERVER.send(Request.post(
                                "/api/v1/user/devices/dev_000000000000000000000000/revoke", "{\"password\":\"wrong\"}")
                        .bearer(session)
                        .with("X-Forwarded-For", "192.0.2.9")));

        assertThat(login("bob", TestServer.PASSWORD, "192.0.2.9").status()).isEqualTo(429);
    }

    @Test
    void with_limits_lifted_nothing_runs_out() {
        Map<String, String> lifted = settings("");
        lifted.put("rateLimits.enabled", "false");
        try (TestServer server = TestServer.start(CLOCK, lifted)) {
            for (int i = 0; i < TRIES * 3; i++) {
                assertThat(server.send(Request.post("/api/v1/auth/confirm", "{\"token\":\"nonsense\"}"))
                                .status())
                        .isEqualTo(400);
            }
        }
    }

    private static void assertRunsOut(int until, Supplier<Answer> call) {
        for (int i = 0; i < TRIES; i++) {
            assertThat(call.get().status()).isEqualTo(until);
        }
        Answer refused = call.get();
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("rate_limited");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
    }

    private static Answer login(String login, String password, String from) {
        return post(
                "/api/v1/auth/login",
                Web.json().put("username", login).put("password", password).toString(),
                from);
    }

    private static Answer post(String path, String json, String from) {
        return SERVER.send(Request.post(path, json).with("X-Forwarded-For", from));
    }

    private static Answer me(String token, String from) {
        return SERVER.send(request(token, from));
    }

    private static Request request(String token, String from) {
        return Request.get("/api/client/me").bearer(token).with("X-Forwarded-For", from);
    }
}
