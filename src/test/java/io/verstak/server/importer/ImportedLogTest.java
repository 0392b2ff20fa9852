package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.data.GoServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices of the Go server sync on with this one and do not notice. */
class ImportedLogTest {
    private static final String ANNA = "aaaaaaaaaaaaaaaaaaaaaaaa";
    private static final String BORIS = "bbbbbbbbbbbbbbbbbbbbbbbb";
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final String OTHER_TOKEN = "fedcba9876543210".repeat(4);
    private static final byte[] PICTURE = "a picture".getBytes(StandardCharsets.UTF_8);

    private Takeover takeover;

    @BeforeEach
    void folders(@TempDir Path folder) {
        takeover = Takeover.in(folder);
    }

    @Test
    void a_device_of_the_second_generation_syncs_on_from_its_cursor_and_its_retries_are_known() {
        OutboxOp known = OutboxOp.note("n1", "ünï \"quoted\" \\ \u2028 text");
        OutboxOp latest = OutboxOp.note("n1", "later");
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").user(BORIS, "boris", "boris@example.org");
            go.device("dev_a", ANNA, "v1", TOKEN).device("dev_b", BORIS, "v1", OTHER_TOKEN);
            go.op(7, ANNA, "v1", "dev_a", known);
            go.op(8, BORIS, "v1", "dev_b", OutboxOp.note("n1", "another's"));
            go.op(1_000_000, ANNA, "v1", "dev_a", latest);
        }

        assertThat(takeover.run().exit()).isZero();

        try (TestServer server = takeover.serve();
                Desktop desktop = Desktop.paired(server::port, "dev_a", TOKEN, 7);
                Desktop fresh = server.pair("anna", "v1")) {
            assertThat(desktop.pull().applied()).singleElement().satisfies(op -> {
                assertThat(op.serverSequence()).isEqualTo(1_000_000);
                assertThat(op.payloadJson()).isEqualTo(latest.payloadJson());
            });
            JsonNode retried = desktop.call("/api/v1/sync/push", Desktop.pushBody(List.of(known, latest), 3));
            assertThat(retried.get("sequences")).extracting(JsonNode::asLong).containsExactly(7L, 1_000_000L);
            JsonNode next = fresh.call("/api/v1/sync/push", Desktop.pushBody(List.of(OutboxOp.note("n1", "next")), 7));
            assertThat(next.get("sequences").get(0).asLong()).isEqualTo(1_000_001);
            assertThat(next.get("conflicts"))
                    .singleElement()
                    .satisfies(conflict ->
                            assertThat(conflict.get("server_sequence").asLong()).isEqualTo(1_000_000));
            assertThat(fresh.pull().applied())
                    .extracting(PulledOp::serverSequence)
                    .containsExactly(7L, 1_000_000L, 1_000_001L);
            JsonNode ahead = desktop.call("/api/v1/sync/pull", Web.json().put("since_sequence", 2_000_000));
            assertThat(ahead.get("page_last_sequence").asLong()).isEqualTo(2_000_000);
            desktop.make(OutboxOp.note("n2", "above")).push();
            assertThat(fresh.pull().cursor()).isEqualTo(2_000_001);
            assertThat(desktop.pull().cursor()).isEqualTo(2_000_001);
        }
        assertThat(takeover.verify()).isZero();
    }

    @Test
    void a_device_of_the_first_generation_keeps_its_plain_key_and_its_default_vault() {
        Sha256 picture;
        try (GoServer go = GoServer.ofFirstGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org");
            go.keyDevice("old-device", ANNA, "", "plain api key").device("dev_a", ANNA, "", TOKEN);
            picture = go.blob(PICTURE);
            go.op(3, ANNA, "", "old-device", OutboxOp.note("n1", "old"));
            go.op(9, ANNA, "", "dev_a", file(picture, PICTURE.length));
        }

        assertThat(takeover.run().exit()).isZero();

        try (TestServer server = takeover.serve();
                Desktop old = Desktop.paired(server::port, "old-device", "plain api key", 0);
                Desktop young = Desktop.paired(server::port, "dev_a", TOKEN, 3)) {
            assertThat(old.pull().applied())
                    .extracting(PulledOp::serverSequence)
                    .containsExactly(3L, 9L);
            assertThat(young.pull().applied())
                    .extracting(PulledOp::serverSequence)
                    .containsExactly(9L);
            assertThat(old.blobs().download(picture)).isEqualTo(PICTURE);
            assertThat(TestDatabase.rows(server.database(), "SELECT vault_id FROM scopes"))
                    .containsExactly("legacy:" + ANNA);
            assertThat(TestDatabase.rows(server.database(), "SELECT bytes FROM blob_usage"))
                    .containsExactly("9");
            assertThat(TestDatabase.rows(server.database(), "SELECT operations, last_push > 0 FROM vault_ranks"))
                    .as("where the lists of vaults have it")
                    .containsExactly("2|1");
        }
        assertThat(takeover.verify()).isZero();
    }

    private static OutboxOp file(Sha256 sha256, long size) {
        return OutboxOp.note("f1", "")
                .on("file", "f1")
                .withPayload("{\"name\":\"picture\",\"blob\":{\"sha256\":\"%s\",\"size\":%d}}".formatted(sha256, size));
    }
}
