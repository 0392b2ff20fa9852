package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 2: what a token opens, and what ends it. */
class DeviceTokenTest {
    private static final String ME = "/api/client/me";
    private static final String REVOKE = "/api/client/revoke-device";
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start().withUser("alice").withUser("bob").withUser("carol");

    private static final Desktop ALICE = SERVER.pair("alice", "main");
    private static final Desktop BOB = SERVER.pair("bob", "main");

    @Test
    void a_device_sees_itself() {
        JsonNode me = SERVER.send(Request.get(ME).bearer(ALICE.token())).json();

        assertThat(me.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "device_id",
                        "user_id",
                        "username",
                        "device_name",
                        "client_version",
                        "last_seen",
                        "revoked_at",
                        "created_at");
        assertThat(me.required("device_id").textValue()).isEqualTo(ALICE.id());
        assertThat(me.required("user_id").textValue()).matches("[0-9a-f]{24}");
        assertThat(me.required("username").textValue()).isEqualTo("alice");
        assertThat(me.required("device_name").textValue()).isEqualTo("desktop of alice");
        assertThat(me.required("client_version").textValue()).isEqualTo("1.0.0");
        assertThat(me.required("last_seen").textValue()).matches(TIME);
        assertThat(me.required("revoked_at").textValue()).isEmpty();
        assertThat(me.required("created_at").textValue()).matches(TIME);
    }

    @Test
    void s20_a_token_anywhere_but_behind_bearer_is_no_token() {
        String token = ALICE.token();
        List<Request> requests = List.of(
                Request.get(ME),
                Request.get(ME + "?token=" + token),
                Request.get(ME + "?access_token=" + token),
                Request.get(ME + "?Authorization=Bearer%20" + token),
                Request.get(ME).with("Authorization", token),
                Request.get(ME).with("Authorization", "Basic " + token),
                Request.get(ME).with("Authorization", "Token " + token),
                Request.get(ME).with("Authorization", "Bearer"),
                Request.get(ME).with("Authorization", "Bearer "),
                Request.get(ME).with("Authorization", "Bearer" + token),
                Request.get(ME).with("X-Api-Key", token),
                Request.get(ME).with("Cookie", "token=" + token),
                Request.get(ME).bearer(token + "0"),
                Request.get(ME).bearer(token.substring(1)),
                Request.get(ME).bearer(token).bearer(token),
                Request.get(ME).bearer("0".repeat(64)));

        for (Request request : requests) {
            Answer answer = SERVER.send(request);
            assertThat(answer.status()).as(request.toString()).isEqualTo(401);
            assertThat(answer.code()).isEqualTo("unauthorized");
        }
    }

    @Test
    void every_call_of_a_device_wants_a_token() {
        for (Request request : List.of(
                Request.get(ME),
                Request.post("/api/client/revoke-current", ""),
                Request.post(REVOKE, "{}"),
                Request.post(Sync.PUSH, "{}"),
                Request.post(Sync.PULL, "{}"))) {
            assertThat(SERVER.send(request).code()).isEqualTo("unauthorized");
        }
    }

    @Test
    void s21_a_device_that_revokes_itself_is_refused_on_its_open_connections() throws Exception {
        Desktop device = SERVER.pair("alice", "main");
        try (Http one = Http.connect(SERVER.port());
                Http other = Http.connect(SERVER.port())) {
            Request pull = Request.post(Sync.PULL, "{}").bearer(device.token());
            assertThat(other.send(pull).status()).isEqualTo(200);

            Answer revoked =
                    one.send(Request.post("/api/client/revoke-current", "").bearer(device.token()));

            assertThat(revoked.text()).isEqualTo("{\"status\":\"revoked\"}");
            assertThat(other.send(pull).status()).isEqualTo(401);
            assertThat(one.send(pull).status()).isEqualTo(401);
            assertThat(one.send(Request.post(
                                            Sync.PUSH,
                                            Desktop.pushBody(Sync.notes(1), 0).toString())
                                    .bearer(device.token()))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void s21_a_device_revoked_by_another_of_its_user_is_refused_on_its_open_connection() throws Exception {
        Desktop lost = SERVER.pair("alice", "elsewhere");
        try (Http open = Http.connect(SERVER.port())) {
            Request pull = Request.post(Sync.PULL, "{}").bearer(lost.token());
            assertThat(open.send(pull).status()).isEqualTo(200);

            assertThat(revoke(lost.id(), TestServer.PASSWORD).text()).isEqualTo("{\"status\":\"revoked\"}");

            assertThat(open.send(pull).code()).isEqualTo("unauthorized");
            assertThat(SERVER.send(Request.get(ME).bearer(ALICE.token())).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_body_that_a_call_does_not_take_is_passed_over() throws Exception {
        Desktop device = SERVER.pair("alice", "main");
        try (Http http = Http.connect(SERVER.port())) {
            Request me = new Request("GET", ME, List.of(), new byte[1000], false).bearer(device.token());

            assertThat(http.send(me).status()).isEqualTo(200);
            assertThat(http.send(Request.post("/api/client/revoke-current", "{}")
                                    .bearer(device.token()))
                            .status())
                    .isEqualTo(200);
            assertThat(http.send(me).status()).isEqualTo(401);
        }
    }

    @Test
    void revoking_twice_is_harmless_and_keeps_the_first_time() {
        Desktop lost = SERVER.pair("alice", "main");
        revoke(lost.id(), TestServer.PASSWORD);
        String sql = "SELECT revoked_at FROM devices WHERE id = '" + lost.id() + "'";
        List<String> first = SERVER.rows(sql);

        assertThat(revoke(lost.id(), TestServer.PASSWORD).status()).isEqualTo(200);

        assertThat(SERVER.rows(sql)).isEqualTo(first);
    }

    @Test
    void s30_revoking_is_refused_as_the_table_has_it() {
        assertRefused(revoke("", TestServer.PASSWORD), 400, "invalid_request");
        assertRefused(revoke(ALICE.id(), ""), 400, "invalid_request");
        assertRefused(revoke(ALICE.id(), "wrong password"), 403, "forbidden");
        assertRefused(revoke("dev_000000000000000000000000", "wrong password"), 403, "forbidden");
        assertRefused(revoke(BOB.id(), "wrong password"), 403, "forbidden");
        assertRefused(revoke("dev_000000000000000000000000", TestServer.PASSWORD), 404, "not_found");
        assertRefused(revoke("nonsense", TestServer.PASSWORD), 404, "not_found");
        assertRefused(revoke(BOB.id(), TestServer.PASSWORD), 403, "forbidden");
        assertRefused(Sync.post(SERVER, ALICE, REVOKE, "{}"), 400, "invalid_request");

        assertThat(SERVER.send(Request.get(ME).bearer(BOB.token())).status()).isEqualTo(200);
        assertThat(SERVER.send(Request.get(ME).bearer(ALICE.token())).status()).isEqualTo(200);
    }

    @Test
    void s21_a_blocked_users_token_is_forbidden() {
        Desktop device = SERVER.pair("carol", "main");
        SERVER.execute("UPDATE users SET blocked = 1 WHERE username = 'carol'");

        assertRefused(SERVER.send(Request.get(ME).bearer(device.token())), 403, "forbidden");
        assertRefused(Sync.push(SERVER, device, OutboxOp.note("n", "")), 403, "forbidden");
        assertRefused(Sync.pull(SERVER, device, 0, 0), 403, "forbidden");
        SERVER.execute("UPDATE users SET blocked = 0 WHERE username = 'carol'");
        assertThat(Sync.pull(SERVER, device, 0, 0).status()).isEqualTo(200);
    }

    @Test
    void s22_a_database_out_of_reach_is_503_and_no_reason_to_call_a_token_unknown() {
        Desktop device = SERVER.pair("alice", "main");
        LOG.expectError("the database failed");
        SERVER.execute("ALTER TABLE devices RENAME TO devices_gone");
        try {
            Answer answer = Sync.pull(SERVER, device, 0, 0);

            assertRefused(answer, 503, "unavailable");
            assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
            assertThat(answer.text()).doesNotContain("devices", "SQL");
        } finally {
            SERVER.execute("ALTER TABLE devices_gone RENAME TO devices");
        }
        assertThat(Sync.pull(SERVER, device, 0, 0).status()).isEqualTo(200);
    }

    private static Answer revoke(String deviceId, String password) {
        return Sync.post(
                SERVER, ALICE, REVOKE, "{\"device_id\":\"%s\",\"password\":\"%s\"}".formatted(deviceId, password));
    }

    private static void assertRefused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }
}
