package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2: how a device comes by its token. */
class PairTest {
    private static final String PAIR = "/api/client/pair";
    private static final String REGISTER = "/api/v1/device/register";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    private static final String ALICE = SERVER.addUser("Alice");

    @Test
    void a_pairing_answers_with_ids_a_token_and_the_first_cursor() {
        Answer answer = pair(login("Alice").put("device_name", "laptop").put("vault_id", "main"));

        JsonNode paired = answer.json();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(paired.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "user_id", "device_id", "device_token", "server_time", "initial_sync_cursor");
        assertThat(paired.required("user_id").textValue()).isEqualTo(ALICE).matches("[0-9a-f]{24}");
        assertThat(paired.required("device_id").textValue()).matches("dev_[0-9a-f]{24}");
        assertThat(paired.required("device_token").textValue()).matches("[0-9a-f]{64}");
        assertThat(paired.required("server_time").textValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(paired.required("initial_sync_cursor").isIntegralNumber()).isTrue();
        assertThat(paired.required("initial_sync_cursor").longValue()).isZero();
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void a_token_is_kept_as_a_hash_and_a_hint() {
        JsonNode paired = pair(login("alice")).json();

        String token = paired.required("device_token").textValue();
        String id = paired.required("device_id").textValue();
        assertThat(SERVER.rows("SELECT token_hash, token_prefix, token_suffix FROM devices WHERE id = '" + id + "'"))
                .containsExactly(Sha256.of(token.getBytes(StandardCharsets.US_ASCII)) + "|" + token.substring(0, 8)
                        + "|" + token.substring(60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "ALICE", "alice@example.org", "ALICE@Example.ORG"})
    void a_login_is_a_name_or_an_address_without_regard_to_case(String login) {
        assertThat(pair(login(login)).json().required("user_id").textValue()).isEqualTo(ALICE);
    }

    @ParameterizedTest
    @CsvSource({
        "device_name, 128, 200",
        "device_name, 129, 400",
        "client_version, 256, 200",
        "client_version, 257, 400",
        "vault_id, 256, 200",
        "vault_id, 257, 400",
        "login, 320, 401",
        "login, 321, 400"
    })
    void the_longest_values_are_counted_in_bytes(String field, int bytes, int status) {
        Answer answer = pair(login("alice").put(field, Sync.bytes(bytes)));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("code").asText(""))
                .isEqualTo(status == 400 ? "invalid_request" : status == 401 ? "unauthorized" : "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"device_name", "client_version", "vault_id"})
    void a_nul_in_what_would_be_stored_is_refused(String field) {
        assertRefused(pair(login("alice").put(field, "a\0b")), 400, "invalid_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"login", "password"})
    void a_login_without_name_or_password_is_an_invalid_request(String field) {
        for (ObjectNode body :
                Arrays.asList(login("alice").put(field, ""), login("alice").putNull(field), (ObjectNode)
                        login("alice").without(field))) {
            assertRefused(pair(body), 400, "invalid_request");
        }
    }

    @Test
    void a_device_without_a_name_is_unknown() {
        String token = pair(login("alice").put("device_name", "").put("client_version", "2.1"))
                .json()
                .required("device_token")
                .textValue();

        JsonNode me = SERVER.send(Request.get("/api/client/me").bearer(token)).json();

        assertThat(me.required("device_name").textValue()).isEqualTo("unknown");
        assertThat(me.required("client_version").textValue()).isEqualTo("2.1");
    }

    @Test
    void a_device_that_names_no_vault_gets_the_users_own_default_vault() {
        String byDefault = token(pair(login("alice")));
        String byName = token(pair(login("alice").put("vault_id", "legacy:" + ALICE)));
        String registered = token(register("alice", TestServer.PASSWORD, ""));

        String logId = logId(byDefault);
        assertThat(logId(byName)).isEqualTo(logId).isEqualTo(logId(registered));
        assertThat(logId(token(pair(login("alice").put("vault_id", "another")))))
                .isNotEqualTo(logId);
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy:", "legacy:000000000000000000000000", "legacy:x"})
    void another_users_default_vault_is_refused(String vaultId) {
        assertRefused(pair(login("alice").put("vault_id", vaultId)), 400, "invalid_request");
        assertRefused(register("alice", TestServer.PASSWORD, vaultId), 400, "invalid_request");
        assertRefused(pair(login("alice").put("vault_id", vaultId).put("password", "wrong")), 401, "unauthorized");
    }

    @Test
    void a_first_generation_desktop_registers() {
        Answer answer = register("alice@example.org", TestServer.PASSWORD, "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().fieldNames()).toIterable().containsExactlyInAnyOrder("device_id", "device_token");
        JsonNode me =
                SERVER.send(Request.get("/api/client/me").bearer(token(answer))).json();
        assertThat(me.required("device_name").textValue()).isEqualTo("old desktop");
    }

    @Test
    void an_auth_test_says_ok_and_makes_no_device() {
        String count = "SELECT COUNT(*) FROM devices";
        String before = SERVER.rows(count).get(0);

        Answer answer = test("alice", TestServer.PASSWORD);

        assertThat(answer.text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(SERVER.rows(count)).containsExactly(before);
        assertRefused(test("alice", ""), 400, "invalid_request");
        assertRefused(test("", TestServer.PASSWORD), 400, "invalid_request");
    }

    @Test
    void s01_whoever_has_no_password_gets_one_answer_for_every_account() {
        SERVER.addUser("blocked");
        SERVER.addUser("unconfirmed");
        SERVER.execute(
                "UPDATE users SET blocked = 1 WHERE username = 'blocked'",
                "UPDATE users SET confirmed = 0 WHERE username = 'unconfirmed'");
        Answer expected = test("nobody", "wrong password");
        assertRefused(expected, 401, "unauthorized");

        for (String name : Arrays.asList("nobody", "alice", "blocked", "unconfirmed", "nobody@example.org")) {
            for (Answer answer : Arrays.asList(
                    test(name, "wrong password"),
                    register(name, "wrong password", ""),
                    pair(login(name).put("password", "wrong password")))) {
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.text()).isEqualTo(expected.text());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"banned", "pending"})
    void blocked_and_unconfirmed_are_told_to_who_has_the_password(String name) {
        SERVER.addUser(name);
        String column = name.equals("banned") ? "blocked = 1" : "confirmed = 0";
        SERVER.execute("UPDATE users SET " + column + " WHERE username = '" + name + "'");

        assertRefused(pair(login(name)), 403, "forbidden");
        assertRefused(test(name, TestServer.PASSWORD), 403, "forbidden");
        assertRefused(register(name, TestServer.PASSWORD, ""), 403, "forbidden");
    }

    private static ObjectNode login(String login) {
        return JsonNodeFactory.instance.objectNode().put("login", login).put("password", TestServer.PASSWORD);
    }

    private static Answer pair(ObjectNode body) {
        return SERVER.send(Request.post(PAIR, body.toString()));
    }

    private static Answer test(String username, String password) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("username", username);
        return SERVER.send(
                Request.post("/api/auth/test", body.put("password", password).toString()));
    }

    private static Answer register(String username, String password, String vaultId) {
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("name", "old desktop").put("username", username);
        body.put("password", password);
        if (!vaultId.isEmpty()) {
            body.put("vault_id", vaultId);
        }
        return SERVER.send(Request.post(REGISTER, body.toString()));
    }

    private static String token(Answer paired) {
        return paired.json().required("device_token").textValue();
    }

    private static String logId(String token) {
        Answer page = SERVER.send(Request.post(Sync.PULL, "{}").bearer(token));
        return page.json().required("log_id").textValue();
    }

    private static void assertRefused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }
}
