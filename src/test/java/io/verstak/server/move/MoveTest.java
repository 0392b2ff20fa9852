package io.verstak.server.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.TestServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that goes to PostgreSQL and back stays what it was, wherever the move is stopped. */
class MoveTest {
    private static final String UID = "unix:uid";
    private static final int NOBODY = 65534;
    private static final int OPS = 2000;
    private static final String HEADS =
            "SELECT id, log_id, head, counter, operations, last_skip, imported_head FROM scopes ORDER BY id";
    private static final String WRONG_LINKS = """
            SELECT COUNT(*) FROM op_keys k WHERE prev_other <> COALESCE((SELECT MAX(o.seq) FROM op_keys o
              WHERE o.scope_id = k.scope_id AND o.entity_key = k.entity_key AND o.seq < k.seq
                AND o.device_key <> k.device_key), 0)""";

    @TempDir
    private Path folder;

    @Test
    void a_server_that_goes_to_postgresql_and_back_serves_the_same_pages_to_the_same_tokens() throws Exception {
        Relocation server = Relocation.in(folder, OPS);
        List<String> pages;
        try (TestServer embedded = server.serveEmbedded()) {
            embedded.withUser("alice").withAdministrator("root");
            Desktop device = embedded.pair("alice", "main");
            device.make(OutboxOp.note("n", "before")).push();
            device.revoke();
            pages = server.pages(embedded);
        }
        String heads = String.join("\n", TestDatabase.rows(server.database(), HEADS));
        TestDatabase.execute(server.database(), "UPDATE sqlite_sequence SET seq = seq + 7 WHERE name = 'scopes'");
        Map<String, List<String>> before = server.rows();

        CommandLineRun there = server.move(server.sqlite(), server.postgres(), "--json");

        assertThat(there.exit()).as(there.toString()).isZero();
        assertThat(there.json().required("operations").longValue()).isEqualTo(OPS + 1);
        assertThat(server.database()).doesNotExist();
        assertThat(Relocation.rows(server.data().resolve("server.db.moved"))).isEqualTo(before);
        assertThat(String.join("\n", TestPostgres.rows(server.access(), HEADS))).isEqualTo(heads);
        assertThat(server.run("verify", "--data", server.data().toString()).exit())
                .isEqualTo(1);

        CommandLineRun back = server.move(server.postgres(), server.sqlite());

        assertThat(back.exit()).as(back.toString()).isZero();
        assertThat(server.rows()).isEqualTo(before);
        assertThat(server.run("verify", "--deep", "--data", server.data().toString())
                        .exit())
                .isZero();
        try (TestServer embedded = server.serveEmbedded()) {
            assertThat(server.pages(embedded)).isEqualTo(pages);
        }
    }

    @Test
    void devices_go_on_in_postgresql_where_they_were() throws Exception {
        Relocation server = Relocation.in(folder, OPS);
        List<String> pages;
        try (TestServer embedded = server.serveEmbedded()) {
            pages = server.pages(embedded);
        }
        server.there(Relocation.unwatched());
        assertThat(TestPostgres.rows(server.access(), "SELECT COUNT(*) FROM op_keys"))
                .containsExactly(Integer.toString(OPS));
        assertThat(TestPostgres.rows(server.access(), WRONG_LINKS)).containsExactly("0");
        long next = Long.parseLong(
                TestPostgres.rows(server.access(), "SELECT MAX(id) FROM scopes").get(0));

        try (TestServer shared = server.serveShared()) {
            assertThat(server.pages(shared)).isEqualTo(pages);
            for (Sha256 blob : server.blobs().subList(0, 5)) {
                assertThat(shared.send(Request.get("/api/v1/blobs/" + blob).bearer(server.token(0)))
                                .status())
                        .isEqualTo(200);
            }
            Answer pushed = shared.send(Request.post(
                            "/api/v1/sync/push",
                            Desktop.pushBody(List.of(OutboxOp.note("note-1", "on PostgreSQL")), 1)
                                    .toString())
                    .bearer(server.token(0)));
            assertThat(pushed.json().required("conflicts").size())
                    .as(pushed.text())
                    .isPositive();
        }
        TestPostgres.execute(
                server.access(),
                "INSERT INTO scopes (user_id, vault_id, log_id, created_at) VALUES ('x', 'y', 'z', 0)");
        assertThat(TestPostgres.rows(server.access(), "SELECT MAX(id) FROM scopes"))
                .containsExactly(Long.toString(next + 1));
        assertThat(server.back(Relocation.unwatched()).operations()).isEqualTo(OPS + 1);
    }

    @Test
    void a_move_that_is_stopped_after_any_page_goes_on_and_ends_the_same() throws Exception {
        Relocation server = Relocation.in(folder, OPS);
        Map<String, List<String>> before = server.rows();
        int stops = 0;
        for (boolean there = true; ; there = false) {
            for (int pages = 0; isStopped(server, there, pages); pages++) {
                stops++;
                assertThat(Files.exists(server.database())).isEqualTo(there);
            }
            if (!there) {
                break;
            }
        }
        assertThat(stops).isGreaterThan(20);
        assertThat(server.rows()).isEqualTo(before);
    }

    /** Each run gets a page further than the one before, so that every page is the last one of a run. */
    private static boolean isStopped(Relocation server, boolean there, int pages) throws Exception {
        try {
            MoveReport report = there
                    ? server.there(Relocation.stoppingAfter(pages))
                    : server.back(Relocation.stoppingAfter(pages));
            assertThat(report.tables()).isNotEmpty();
            return false;
        } catch (Relocation.Stop stopped) {
            if (there) {
                assertThatThrownBy(server::serveShared).hasStackTraceContaining("server.db");
            }
            return true;
        }
    }

    @Test
    void a_source_that_was_used_after_a_stop_is_moved_from_the_beginning() throws Exception {
        Relocation server = Relocation.in(folder, OPS);
        assertThatThrownBy(() -> server.there(Relocation.stoppingAfter(10))).isInstanceOf(Relocation.Stop.class);
        try (TestServer embedded = server.serveEmbedded()) {
            embedded.withUser("late");
            embedded.pair("late", "main").make(OutboxOp.note("n", "late")).push();
        }

        assertThat(server.there(Relocation.unwatched()).operations()).isEqualTo(OPS + 1);
    }

    @Test
    void a_kill_between_the_two_last_steps_leaves_no_server_and_is_ended_by_the_next_run() throws Exception {
        Relocation server = Relocation.in(folder, 100);
        server.there(Relocation.unwatched());
        TestPostgres.execute(
                server.access(),
                "UPDATE upkeep SET value = replace(value, '\"state\":\"done\"', '\"state\":\"compared\"') WHERE name = 'move'");

        assertThatThrownBy(server::serveShared).hasStackTraceContaining("has not ended");
        assertThat(server.there(Relocation.unwatched()).continued()).isTrue();
        server.serveShared().close();

        server.back(Relocation.unwatched());
        Files.move(server.database(), server.data().resolve("server.db.new"));
        assertThat(server.back(Relocation.unwatched()).continued()).isTrue();
        server.serveEmbedded().close();
    }

    @Test
    void blobs_and_the_key_follow_to_another_directory() throws Exception {
        Relocation server = Relocation.in(folder, 100);
        Path other = folder.resolve("other");
        Path file = server.data().resolve("blobs").resolve(path(server.blobs().get(3)));
        Files.delete(file);
        Path next = server.write(folder.resolve("other.json"), server.onPostgres(other));
        TestDatabase.execute(
                server.database(),
                "INSERT INTO uploads (id, scope_id, user_id, device_id, length, stored, metadata, announced, blob, state, expires_at)"
                        + " VALUES ('open', 1, '', '', 9, 5, '', '', '', 0, 99999999999999)");
        Files.writeString(server.data().resolve("tmp/part-open"), "bytes");

        CommandLineRun run = server.move(server.sqlite(), next);

        assertThat(run.exit()).as(run.toString()).isEqualTo(3);
        assertThat(run.out()).contains("MISSING blob " + server.blobs().get(3));
        assertThat(Files.readAllBytes(other.resolve("secret.key")))
                .isEqualTo(Files.readAllBytes(server.data().resolve("secret.key")));
        assertThat(other.resolve("tmp/part-open")).hasContent("bytes");
        try (TestServer shared = server.serveShared(other)) {
            assertThat(shared.send(Request.get("/api/v1/blobs/" + server.blobs().get(0))
                                    .bearer(server.token(0)))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void blobs_go_into_a_bucket_and_back_into_the_folder() throws Exception {
        Relocation server = Relocation.in(folder, 100);
        S3Access bucket = TestS3.newPrefix();
        Map<String, String> settings = server.inBucket(bucket.endpoint(), bucket.prefix());
        Path shared = server.write(folder.resolve("bucket.json"), nested(settings));

        CommandLineRun there = server.move(server.sqlite(), shared, "--json");

        assertThat(there.exit()).as(there.toString()).isZero();
        assertThat(there.json().at("/blobs/count").intValue())
                .isEqualTo(server.blobs().size());
        try (TestServer nodes = TestServer.start(settings)) {
            downloads(server, nodes);
        }
        delete(server.data().resolve("blobs"));
        Object runs = Files.getAttribute(Path.of("/proc/self"), UID);
        Object owner = runs.equals(0) ? (Object) NOBODY : runs;
        Files.setAttribute(server.data(), UID, owner);

        CommandLineRun back = server.move(shared, server.sqlite(), "--json");

        assertThat(back.exit()).as(back.toString()).isZero();
        try (Stream<Path> files = Files.walk(server.data().resolve("blobs"))) {
            assertThat(files.filter(Files::isRegularFile))
                    .as("also if root runs the move")
                    .allSatisfy(
                            file -> assertThat(Files.getAttribute(file, UID)).isEqualTo(owner));
        }
        Files.setAttribute(server.data(), UID, runs);
        assertThat(server.run("verify", "--deep", "--data", server.data().toString())
                        .exit())
                .isZero();
        try (TestServer embedded = server.serveEmbedded()) {
            downloads(server, embedded);
        }
    }

    private static void downloads(Relocation server, TestServer from) {
        for (Sha256 blob : server.blobs().subList(0, 5)) {
            Answer answer = from.send(Request.get("/api/v1/blobs/" + blob).bearer(server.token(0)));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(Sha256.of(answer.body())).isEqualTo(blob);
        }
    }

    static String nested(Map<String, String> settings) {
        JsonObject json = new JsonObject();
        settings.forEach((key, value) -> {
            String group = key.substring(0, key.indexOf('.'));
            JsonObject values = json.getJsonObject(group, new JsonObject());
            json.put(group, values.put(key.substring(group.length() + 1), value));
        });
        return json.encode();
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String path(Sha256 sha256) {
        String hex = sha256.hex();
        return hex.substring(0, 2) + "/" + hex.substring(2, 4) + "/" + hex;
    }
}
