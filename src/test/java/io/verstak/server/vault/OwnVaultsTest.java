package io.verstak.server.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code GET /api/v1/user/vaults}, the wire contract's section 8. */
class OwnVaultsTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start().withUser("vera").withUser("walt").withUser("newcomer");

    private final Web web = new Web(SERVER);

    @Test
    void a_user_sees_each_vault_with_what_it_holds() {
        try (Desktop one = SERVER.pair("vera", "notes");
                Desktop other = SERVER.pair("vera", "notes");
                Desktop gone = SERVER.pair("vera", "notes");
                Desktop alone = SERVER.pair("vera", "empty");
                Desktop foreign = SERVER.pair("walt", "notes")) {
            one.make(OutboxOp.note("n1", "a")).make(OutboxOp.note("n2", "b")).sync();
            other.blobs().upload("hello.txt", "hello".getBytes(StandardCharsets.UTF_8));
            foreign.make(OutboxOp.note("w1", "x")).sync();
            gone.revoke();

            JsonNode vaults = vaults(web.session("vera")).json();

            assertThat(vaults).hasSize(2);
            JsonNode notes = find(vaults, "notes");
            assertThat(notes.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder(
                            "vault_id",
                            "name",
                            "server_sequence",
                            "operations",
                            "devices",
                            "blob_bytes",
                            "last_activity");
            assertThat(notes.required("server_sequence").longValue()).isEqualTo(2);
            assertThat(notes.required("operations").longValue()).isEqualTo(2);
            assertThat(notes.required("devices").longValue()).isEqualTo(2);
            assertThat(notes.required("blob_bytes").longValue()).isEqualTo(5);
            assertThat(notes.required("last_activity").textValue())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
            JsonNode empty = find(vaults, "empty");
            assertThat(empty.required("server_sequence").longValue()).isZero();
            assertThat(empty.required("devices").longValue()).isEqualTo(1);
            assertThat(empty.required("last_activity").textValue()).isEmpty();
            assertThat(alone.id()).isNotEmpty();
        }
    }

    @Test
    void who_has_no_vault_gets_an_empty_list_and_who_is_not_signed_in_gets_401() {
        assertThat(vaults(web.session("newcomer")).text()).isEqualTo("[]");
        assertThat(vaults(web.session("newcomer")).header("Cache-Control")).isEqualTo("no-store");
        assertThat(SERVER.send(Request.get("/api/v1/user/vaults")).status()).isEqualTo(401);
        assertThat(vaults("0".repeat(64)).code()).isEqualTo("unauthorized");
        assertThat(SERVER.send(Request.post("/api/v1/user/vaults", "{}")).status())
                .isEqualTo(405);
    }

    private static Answer vaults(String session) {
        return SERVER.send(Request.get("/api/v1/user/vaults").bearer(session));
    }

    private static JsonNode find(JsonNode vaults, String id) {
        for (JsonNode vault : vaults) {
            if (vault.required("vault_id").textValue().equals(id)) {
                return vault;
            }
        }
        throw new AssertionError("not listed: " + id);
    }
}
