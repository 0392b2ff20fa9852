package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions: how they begin, what they open, and how they end. */
class SessionTest {
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start(CLOCK, Map.of()).withUser("alice").withUser("bob");

    private final Web web = new Web(SERVER);

    @Test
    void a_login_by_name_or_address_answers_with_a_session_and_the_users_id() {
        JsonNode byName = web.login("ALICE", TestServer.PASSWORD).json();
        Answer byAddress = web.login("alice@example.org", TestServer.PASSWORD);

        assertThat(byName.required("token").textValue()).matches("[0-9a-f]{64}");
        assertThat(byName.required("user_id").textValue()).matches("[0-9a-f]{24}");
        assertThat(byAddress.json().required("user_id")).isEqualTo(byName.required("user_id"));
        assertThat(byAddress.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void a_session_shows_the_users_devices_as_bearer_and_as_cookie() {
        try (Desktop desktop = SERVER.pair("alice", "main")) {
            String session = web.session("alice");

            JsonNode device = find(web.devices(session), desktop.id());
            assertThat(device.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder("id", "name", "client_version", "last_seen", "revoked_at", "created_at");
            assertThat(device.required("name").textValue()).isEqualTo("desktop of alice");
            assertThat(device.required("revoked_at").textValue()).isEmpty();
            assertThat(device.required("created_at").textValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
            assertThat(SERVER.send(devices().with("Cookie", "user_session=" + session))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_session_revokes_a_device_of_its_user_with_the_password_only() {
        try (Desktop desktop = SERVER.pair("alice", "main");
                Desktop foreign = SERVER.pair("bob", "main")) {
            String session = web.session("alice");

            assertThat(revoke(session, desktop.id(), "").status()).isEqualTo(400);
            assertThat(revoke(session, desktop.id(), "wrong password").status()).isEqualTo(403);
            assertThat(revoke(session, foreign.id(), TestServer.PASSWORD).status())
                    .isEqualTo(403);
            assertThat(revoke(session, "dev_000000000000000000000000", TestServer.PASSWORD)
                            .status())
                    .isEqualTo(404);
            assertThat(me(desktop.token()).status()).isEqualTo(200);

            Answer revoked = revoke(session, desktop.id(), TestServer.PASSWORD);

            assertThat(revoked.text()).isEqualTo("{\"status\":\"revoked\"}");
            assertThat(me(desktop.token()).status()).isEqualTo(401);
            assertThat(find(web.devices(session), desktop.id())
                            .required("revoked_at")
                            .textValue())
                    .isNotEmpty();
            assertThat(revoke(session, desktop.id(), TestServer.PASSWORD).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void s20_a_session_in_the_query_string_or_without_its_scheme_is_none() {
        String session = web.session("alice");

        assertThat(SERVER.send(Request.get("/api/v1/user/devices?token=" + session + "&user_session=" + session))
                        .status())
                .isEqualTo(401);
        assertThat(SERVER.send(devices().with("Authorization", session)).status())
                .isEqualTo(401);
        assertThat(SERVER.send(devices().with("Authorization", "Basic " + session))
                        .status())
                .isEqualTo(401);
        assertThat(SERVER.send(devices().with("Cookie", "admin_session=" + session))
                        .status())
                .isEqualTo(401);
        assertThat(SERVER.send(devices()).code()).isEqualTo("unauthorized");
    }

    @Test
    void a_device_token_is_no_session_and_a_session_no_device() {
        try (Desktop desktop = SERVER.pair("alice", "main")) {
            assertThat(web.devices(desktop.token()).status()).isEqualTo(401);
            assertThat(me(web.session("alice")).status()).isEqualTo(401);
        }
    }

    @Test
    void s23_each_login_makes_a_new_session_and_logout_ends_only_its_own() {
        String one = web.session("alice");
        String other = web.session("alice");
        assertThat(one).isNotEqualTo(other);
        assertThat(web.devices(one).status()).isEqualTo(200);

        Answer left = SERVER.send(Request.post("/api/v1/auth/logout", "").bearer(one));

        assertThat(left.status()).isEqualTo(200);
        assertThat(left.json().required("status").textValue()).isEqualTo("ok");
        assertThat(web.devices(one).status()).isEqualTo(401);
        assertThat(web.devices(other).status()).isEqualTo(200);
        assertThat(SERVER.send(Request.post("/api/v1/auth/logout", "").bearer(one))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void s24_a_session_ends_after_24_hours_however_much_it_is_used() {
        String session = web.session("bob");
        for (int hour = 1; hour < 24; hour++) {
            CLOCK.advance(Duration.ofHours(1));
            assertThat(web.devices(session).status()).isEqualTo(200);
        }

        CLOCK.advance(Duration.ofHours(1));

        assertThat(web.devices(session).status()).isEqualTo(401);
        SERVER.restart();
        assertThat(web.devices(session).status()).isEqualTo(401);
    }

    @Test
    void a_session_survives_a_restart_of_the_server() {
        String session = web.session("bob");

        SERVER.restart();

        assertThat(web.devices(session).status()).isEqualTo(200);
    }

    @Test
    void s22_a_database_out_of_reach_is_503_and_never_401() {
        String session = web.session("bob");
        SERVER.restart();
        LOG.expectError("the database failed");
        SERVER.execute("ALTER TABLE sessions RENAME TO sessions_away");
        try {
            assertThat(web.devices(session).status()).isEqualTo(503);
        } finally {
            SERVER.execute("ALTER TABLE sessions_away RENAME TO sessions");
        }
        assertThat(web.devices(session).status()).isEqualTo(200);
    }

    private static JsonNode find(Answer devices, String id) {
        for (JsonNode device : devices.json()) {
            if (device.required("id").textValue().equals(id)) {
                return device;
            }
        }
        throw new AssertionError("not listed: " + id);
    }

    private Answer revoke(String session, String device, String password) {
        return SERVER.send(Request.post(
                        "/api/v1/user/devices/" + device + "/revoke",
                        Web.json().put("password", password).toString())
                .bearer(session));
    }

    private static Request devices() {
        return Request.get("/api/v1/user/devices");
    }

    private static Answer me(String token) {
        return SERVER.send(Request.get("/api/client/me").bearer(token));
    }
}
