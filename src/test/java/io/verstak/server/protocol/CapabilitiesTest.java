package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a new desktop finds out about a server before it is paired. */
class CapabilitiesTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start(Map.of("limits.maxBlobBytes", "12345678", "limits.maxPushOperations", "77"));

    @Test
    void anybody_is_told_version_features_and_limits() {
        JsonNode answer = SERVER.send(Request.get("/api/v1/capabilities")).json();

        assertThat(answer.required("version").textValue()).isNotBlank();
        List<String> features = new ArrayList<>();
        answer.required("features").forEach(feature -> features.add(feature.textValue()));
        assertThat(features)
                .containsExactly(
                        "pull-wait",
                        "events",
                        "blob-put",
                        "blobs-missing",
                        "uploads-tus",
                        "user-vaults",
                        "vault-files");
        JsonNode limits = answer.required("limits");
        assertThat(limits.required("max_blob_bytes").longValue()).isEqualTo(12_345_678);
        assertThat(limits.required("max_push_operations").longValue()).isEqualTo(77);
        assertThat(limits).allMatch(JsonNode::isIntegralNumber);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/sync/pull",
        "GET, /api/v1/sync/events",
        "PUT, /api/v1/blobs/0000000000000000000000000000000000000000000000000000000000000000",
        "POST, /api/v1/blobs/missing",
        "GET, /api/v1/user/vaults",
    })
    void what_is_named_is_there_for_who_has_a_token(String method, String path) {
        assertThat(SERVER.send(Request.of(method, path)).status()).isEqualTo(401);
    }

    @Test
    void uploads_in_parts_are_there() {
        assertThat(SERVER.send(Request.of("OPTIONS", "/api/v1/uploads/")).status())
                .isEqualTo(204);
    }

    @Test
    void other_methods_are_named_as_not_allowed() {
        assertThat(SERVER.send(Request.post("/api/v1/capabilities", "{}")).header("Allow"))
                .isEqualTo("GET, HEAD, OPTIONS");
    }
}
