package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The files of a vault for programs, as in section 8 of the wire contract. */
class VaultFilesApiTest {
    private static final String ODD = "Work/a b%+&?#é.md";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann").withUser("ben");

    @Test
    void a_device_and_a_session_read_the_files_of_their_vault() {
        try (Desktop desktop = SERVER.pair("ann", "my notes/1")) {
            put(desktop, "create", "one");
            put(desktop, "update", "two");
            desktop.make(OutboxOp.note("f", "").on("file", ODD).ofType("delete").withPayload(""))
                    .push();
            String vault = "/api/v1/vaults/" + encoded("my notes/1");
            for (String token : new String[] {desktop.token(), new Web(SERVER).session("ann")}) {
                JsonNode root = get(vault + "/files", token).json();
                assertThat(root.path("vault_id").asText()).isEqualTo("my notes/1");
                assertThat(root.path("server_sequence").asLong()).isEqualTo(3);
                assertThat(root.path("entries").get(0).path("path").asText()).isEqualTo("Work");
                assertThat(root.path("entries").get(0).path("type").asText()).isEqualTo("folder");
                assertThat(get(vault + "/files?path=Work", token).json().path("entries"))
                        .isEmpty();
                JsonNode before = get(vault + "/files?path=Work&at=2", token).json();
                assertThat(before.path("at").asLong()).isEqualTo(2);
                assertThat(before.path("entries").get(0).path("path").asText()).isEqualTo(ODD);
                assertThat(get(vault + "/files?search=md&at=2", token).json().path("entries"))
                        .hasSize(1);
                assertThat(get(vault + "/files/" + path(ODD) + "?at=1", token).text())
                        .isEqualTo("one");
                assertThat(get(vault + "/files/" + path(ODD) + "?at=2999-01-01T00:00:00Z", token)
                                .status())
                        .isEqualTo(404);
                JsonNode history = get(vault + "/history?path=" + encoded(ODD), token)
                        .json()
                        .path("changes");
                assertThat(history.findValuesAsText("change")).containsExactly("removed", "updated", "created");
                assertThat(get(vault + "/snapshot?at=2", token).header("Content-Type"))
                        .isEqualTo("application/zip");
            }
        }
    }

    @Test
    void a_vault_may_be_called_as_a_part_of_the_address() {
        try (Desktop desktop = SERVER.pair("ann", "files")) {
            put(desktop, "create", "one");
            assertThat(get("/api/v1/vaults/files/files/" + path(ODD), desktop.token())
                            .text())
                    .isEqualTo("one");
            assertThat(get("/api/v1/vaults/files/files/%zz", desktop.token()).status())
                    .isEqualTo(400);
        }
    }

    @Test
    void bad_requests_and_other_vaults_are_refused() {
        try (Desktop desktop = SERVER.pair("ann", "a");
                Desktop other = SERVER.pair("ben", "a")) {
            put(desktop, "create", "one");
            assertThat(get("/api/v1/vaults/b/files", desktop.token()).status()).isEqualTo(404);
            assertThat(get("/api/v1/vaults/a/files", "0".repeat(64)).status()).isEqualTo(401);
            assertThat(SERVER.send(Request.get("/api/v1/vaults/a/files")).status())
                    .isEqualTo(401);
            assertThat(get("/api/v1/vaults/a/files", other.token()).json().path("entries"))
                    .isEmpty();
            for (String query : new String[] {"at=-1", "at=yesterday", "limit=0", "limit=x", "search=x&after=1.2"}) {
                assertThat(get("/api/v1/vaults/a/files?" + query, desktop.token())
                                .status())
                        .as(query)
                        .isEqualTo(400);
            }
            assertThat(get("/api/v1/vaults/a/files?path=none", desktop.token()).status())
                    .isEqualTo(404);
            assertThat(get("/api/v1/vaults/a/files/Work", desktop.token()).status())
                    .isEqualTo(404);
            assertThat(get("/api/v1/vaults/a/files/../../../etc/passwd", desktop.token())
                            .status())
                    .isEqualTo(404);
            assertThat(get("/api/v1/vaults/a/snapshot?path=none", desktop.token())
                            .status())
                    .isEqualTo(404);
        }
    }

    private static void put(Desktop desktop, String opType, String content) {
        desktop.make(OutboxOp.note("f", "")
                        .on("file", ODD)
                        .ofType(opType)
                        .withPayload("{\"path\":\"" + ODD + "\",\"content\":\"" + content + "\"}"))
                .push();
    }

    private static Answer get(String path, String token) {
        return SERVER.send(Request.get(path).bearer(token));
    }

    private static String path(String path) {
        return encoded(path).replace("%2F", "/").replace("+", "%20");
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
