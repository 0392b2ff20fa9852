package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.data.GoServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the Go server to this one: the source stays as it is, and the report tells the truth. */
class ImportCommandTest {
    private static final String ANNA = "aaaaaaaaaaaaaaaaaaaaaaaa";
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final byte[] PICTURE = "a picture".getBytes(StandardCharsets.UTF_8);

    private Takeover takeover;

    @BeforeEach
    void folders(@TempDir Path folder) {
        takeover = Takeover.in(folder);
    }

    @Test
    void a_log_that_a_killed_server_left_in_its_write_ahead_log_is_read_and_nothing_of_the_source_is_touched()
            throws IOException {
        Path copy = takeover.from().resolveSibling("copy");
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
            go.op(1, ANNA, "v1", "dev_a", OutboxOp.note("n1", "text"));
            go.reference(ANNA, "v1", go.blob(PICTURE), PICTURE.length);
            go.config("port: 47732\nadmin: []\n");
            go.killed(copy);
        }
        assertThat(Files.size(copy.resolve("server.db-wal"))).isPositive();
        Map<String, String> before = Takeover.state(copy);

        CommandLineRun imported = new Takeover(copy, takeover.data()).run("--json");

        assertThat(imported.exit()).as(imported.toString()).isZero();
        assertThat(imported.json().at("/counts/operations/imported").asLong()).isEqualTo(1);
        assertThat(Takeover.state(copy)).isEqualTo(before);
    }

    @Test
    void nothing_appears_beside_a_database_at_rest() throws IOException {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org");
        }
        Map<String, String> before = Takeover.state(takeover.from());

        assertThat(takeover.run().exit()).isZero();

        assertThat(Takeover.state(takeover.from())).isEqualTo(before).containsOnlyKeys("", "blobs", "server.db");
    }

    @Test
    void a_damaged_blob_is_named_and_the_next_upload_heals_it() throws IOException {
        Sha256 damaged;
        Sha256 missing;
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
            damaged = go.blob(PICTURE);
            missing = go.blob("gone".getBytes(StandardCharsets.UTF_8));
            Sha256 whole = go.blob("whole".getBytes(StandardCharsets.UTF_8));
            go.reference(ANNA, "v1", damaged, PICTURE.length).reference(ANNA, "v1", missing, 4);
            go.reference(ANNA, "v1", whole, 5);
            Files.write(go.blobFile(damaged), "A picture".getBytes(StandardCharsets.UTF_8));
            Files.delete(go.blobFile(missing));
        }

        CommandLineRun run = takeover.run("--json");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.json().get("damaged_blobs"))
                .extracting(JsonNode::textValue)
                .containsExactlyInAnyOrder(damaged.hex(), missing.hex());
        assertThat(run.json().at("/counts/blobs/imported").asLong()).isEqualTo(1);
        try (TestServer server = takeover.serve();
                Desktop desktop = Desktop.paired(server::port, "dev_a", TOKEN, 0)) {
            assertThat(server.send(Request.get("/api/v1/blobs/" + damaged.hex()).bearer(TOKEN))
                            .status())
                    .isEqualTo(500);
            desktop.blobs().upload("picture", PICTURE);
            assertThat(desktop.blobs().download(damaged)).isEqualTo(PICTURE);
        }
    }

    @Test
    void lost_blobs_of_sizes_that_no_blob_has_are_imported_and_take_no_room() throws IOException {
        byte[] other = "another picture".getBytes(StandardCharsets.UTF_8);
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
            go.reference(ANNA, "v1", Sha256.of(PICTURE), Long.MAX_VALUE);
            go.reference(ANNA, "v1", Sha256.of(other), Long.MAX_VALUE - 1);
        }
        CommandLineRun run = takeover.run("--json");
        assertThat(run.exit()).as(run.toString()).isEqualTo(3);
        assertThat(run.json().get("damaged_blobs")).hasSize(2);

        try (TestServer server = takeover.serve();
                Desktop desktop = Desktop.paired(server::port, "dev_a", TOKEN, 0)) {
            byte[] fresh = "a picture of today".getBytes(StandardCharsets.UTF_8);
            assertThat(desktop.blobs().download(desktop.blobs().upload("picture", fresh)))
                    .isEqualTo(fresh);
            assertThat(TestDatabase.rows(server.database(), "SELECT bytes FROM blob_usage"))
                    .containsExactly(Integer.toString(fresh.length));
        }
    }

    @Test
    void a_dry_run_says_the_same_and_writes_nothing() throws IOException {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
            go.op(5, ANNA, "v1", "dev_a", OutboxOp.note("n1", "text"));
            go.reference(ANNA, "v1", go.blob(PICTURE), PICTURE.length);
            go.add("server_idempotency_keys", "key", "k", "response", "r");
            go.add("server_tombstones", "entity_type", "note", "entity_id", "n0", "op_id", "x", "deleted_at", "");
            go.add(
                    "server_audit_log",
                    "id",
                    7,
                    "event_type",
                    "login",
                    "message",
                    "in",
                    "created_at",
                    "2026-01-01T00:00:00Z");
        }

        CommandLineRun dry = takeover.run("--dry-run", "--json");
        assertThat(dry.exit()).isZero();
        assertThat(takeover.data()).doesNotExist();
        CommandLineRun real = takeover.run("--json");

        assertThat(real.exit()).isZero();
        assertThat(dry.json().get("counts")).isEqualTo(real.json().get("counts"));
        assertThat(real.json().at("/counts/idempotency_keys/skipped").asLong()).isEqualTo(1);
        assertThat(TestDatabase.rows(takeover.data().resolve("server.db"), "SELECT tombstone FROM imported_tombstones"))
                .singleElement()
                .asString()
                .contains("n0");
        assertThat(takeover.run().err()).contains("already holds a server's data");
        assertThat(takeover.run().exit()).isEqualTo(1);
    }

    @Test
    void linked_blobs_share_their_bytes_with_the_old_server() throws IOException {
        Sha256 picture;
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
            picture = go.blob(PICTURE);
            go.reference(ANNA, "v1", picture, PICTURE.length);
        }

        assertThat(takeover.run("--link").exit()).isZero();

        String hex = picture.hex();
        Path below = Path.of("blobs", hex.substring(0, 2), hex.substring(2, 4), hex);
        assertThat(Files.isSameFile(
                        takeover.from().resolve(below), takeover.data().resolve(below)))
                .isTrue();
        try (TestServer server = takeover.serve();
                Desktop desktop = Desktop.paired(server::port, "dev_a", TOKEN, 0)) {
            assertThat(desktop.blobs().download(picture)).isEqualTo(PICTURE);
        }
    }

    @Test
    void what_is_not_a_go_servers_folder_is_refused_in_one_line(@TempDir Path elsewhere) throws IOException {
        Path file = Files.writeString(elsewhere.resolve("file"), "");

        for (Map.Entry<Path, String> wrong : Map.of(
                        elsewhere.resolve("nothing"),
                        "there is no such folder",
                        file,
                        "not a folder",
                        elsewhere,
                        "holds no server.db")
                .entrySet()) {
            CommandLineRun run = new Takeover(wrong.getKey(), takeover.data()).run();
            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err()).hasLineCount(1).contains(wrong.getKey().toString(), wrong.getValue());
        }
        assertThat(takeover.data()).doesNotExist();
    }

    @Test
    void a_server_that_was_started_and_never_used_is_replaced_and_one_with_a_user_is_not() {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
        }
        takeover.serve().close();
        assertThat(takeover.data().resolve("server.db")).isNotEmptyFile();

        CommandLineRun run = takeover.run();

        assertThat(run.exit()).as(run.toString()).isZero();
        try (TestServer server = takeover.serve()) {
            assertThat(server.send(Request.get("/api/client/me").bearer(TOKEN)).status())
                    .isEqualTo(200);
            assertThat(takeover.run().err()).contains("already holds a server's data");
        }
        assertThat(takeover.run().err()).contains("already holds a server's data");
        assertThat(takeover.verify()).isZero();
    }

    @Test
    void a_server_that_runs_is_not_replaced_even_if_it_is_unused() {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org");
        }
        try (TestServer running = takeover.serve()) {
            CommandLineRun run = takeover.run();

            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err()).contains("another verstak-server process uses this data directory");
            assertThat(running.send(Request.get("/readyz")).status()).isEqualTo(200);
        }
    }

    @Test
    void the_report_counts_in_plain_words() {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org");
            go.session("5".repeat(64), "user", ANNA, Instant.EPOCH.plusSeconds(1));
            go.add("server_devices", "id", "nobodys", "api_key", "key of nobody");
        }

        CommandLineRun run = takeover.run();

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out())
                .contains("Not imported, needs attention:", "  1 device: has no owner, or several (nobodys)")
                .contains("Not imported, no longer needed:", "  1 session: expired");
        assertThat(TestDatabase.rows(
                        takeover.data().resolve("server.db"), "SELECT message FROM audit_log WHERE type = 'imported'"))
                .containsExactly("The data of a Go server was imported: 1 user, 0 devices, 0 operations, 0 blobs.");
    }

    @Test
    void a_damaged_database_is_refused_and_leaves_nothing_that_a_server_would_start_on() throws IOException {
        try (GoServer go = GoServer.ofFirstGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "", TOKEN);
            for (int i = 1; i < 2000; i++) {
                go.op(i, ANNA, "", "dev_a", OutboxOp.note("n" + i, "text " + i));
            }
        }
        Path database = takeover.from().resolve("server.db");
        byte[] bytes = Files.readAllBytes(database);
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 50_000, (byte) 7);
        Files.write(database, bytes);

        CommandLineRun run = takeover.run();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("damaged");
        assertThat(takeover.data().resolve("server.db")).doesNotExist();
        assertThat(takeover.data().resolve("server.db.new")).doesNotExist();
    }
}
