package io.verstak.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A configuration that is read again holds for the next request, on connections that are open too. */
class ReloadTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private static final Map<String, String> AS_IT_WAS = Map.of();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(AS_IT_WAS).withUser("anna");

    @AfterEach
    void asItWas() {
        SERVER.reload(AS_IT_WAS);
    }

    @Test
    void limits_change_without_a_restart() {
        String token = SERVER.pair("anna", "v").token();
        String push = """
                {"ops":[{"op_id":"a","entity_type":"note","entity_id":"n","op_type":"put","payload_json":"\\"123456789\\""}]}""";

        assertThat(SERVER.reload(Map.of("limits.maxPayloadJson", "5"))).isEmpty();
        assertThat(push(token, push).code()).isEqualTo("payload_too_large");

        SERVER.reload(Map.of("limits.maxJsonBody", "1024"));
        assertThat(push(token, push + " ".repeat(1024)).code()).isEqualTo("request_too_large");
        assertThat(push(token, push).status()).isEqualTo(200);
    }

    @Test
    void limits_of_blobs_change_without_a_restart() {
        String token = SERVER.pair("anna", "v").token();

        SERVER.reload(Map.of("limits.maxVaultBlobBytes", "0"));
        assertThat(upload(token).code()).isEqualTo("quota_exceeded");
        SERVER.reload(Map.of("limits.maxBlobBytes", "1"));
        assertThat(upload(token).code()).isEqualTo("blob_too_large");
        SERVER.reload(AS_IT_WAS);
        assertThat(upload(token).status()).isEqualTo(201);
    }

    @Test
    void rate_limits_change_without_a_restart_and_forget_no_try() {
        Web web = new Web(SERVER);
        Map<String, String> strict = Map.of("rateLimits.enabled", "true", "rateLimits.login.attempts", "2");
        SERVER.reload(strict);
        web.login("nobody", "wrong");
        web.login("nobody", "wrong");

        assertThat(web.login("nobody", "wrong").status()).isEqualTo(429);
        SERVER.reload(Map.of(
                "rateLimits.enabled", "true",
                "rateLimits.login.attempts", "2",
                "rateLimits.forgot.attempts", "3"));
        assertThat(web.login("nobody", "wrong").status()).isEqualTo(429);
        SERVER.reload(AS_IT_WAS);
        assertThat(web.login("nobody", "wrong").status()).isEqualTo(401);
    }

    @Test
    void what_needs_a_restart_is_named() {
        assertThat(SERVER.reload(Map.of("http.maxConnections", "5", "web.serverName", "Other", "storage.readers", "3")))
                .isEqualTo(List.of("http.maxConnections", "storage.readers"));
    }

    private static Answer push(String token, String body) {
        return SERVER.send(Request.post("/api/v1/sync/push", body).bearer(token));
    }

    private static Answer upload(String token) {
        String hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        return SERVER.send(
                new Request("PUT", "/api/v1/blobs/" + hash, List.of(), "abc".getBytes(StandardCharsets.UTF_8), false)
                        .bearer(token));
    }
}
