package io.verstak.server.move;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.S3Proxy;
import io.verstak.server.testkit.S3Proxy.Fault;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.TestServer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stops a move loses nothing: neither blobs that cannot be read just now, nor what an earlier try has stored. */
class StoppedMoveTest {
    private static final String CONTINUES = "run the command again: it continues";

    @TempDir
    private Path folder;

    /** The objects of blobs, and not what a store looks at when it opens. */
    private static boolean isBlob(HttpServerRequest request) {
        return !request.path().contains("/.");
    }

    private static void downloads(Relocation server, TestServer from) {
        for (Sha256 blob : server.blobs().subList(0, 5)) {
            assertThat(from.send(Request.get("/api/v1/blobs/" + blob).bearer(server.token(0)))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void blobs_of_a_bucket_that_cannot_be_reached_do_not_count_as_missing() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        S3Access bucket = TestS3.newPrefix();
        try (S3Proxy proxy = new S3Proxy()) {
            String endpoint = proxy.before(bucket).endpoint();
            Path shared =
                    server.write(folder.resolve("b.json"), MoveTest.nested(server.inBucket(endpoint, bucket.prefix())));
            assertThat(server.move(server.sqlite(), shared).exit()).isZero();
            MoveTest.delete(server.data().resolve("blobs"));
            proxy.failAll(Fault.ACCESS_DENIED, StoppedMoveTest::isBlob);

            CommandLineRun stopped = server.move(shared, server.sqlite());

            assertThat(stopped.exit()).as(stopped.toString()).isEqualTo(1);
            assertThat(stopped.err()).contains("cannot be read").contains(CONTINUES);
            assertThat(stopped.err().lines()).hasSize(1);
            assertThat(server.database()).doesNotExist();

            proxy.heal();
            TestS3.delete(
                    bucket,
                    TestPostgres.rows(
                                    server.access(),
                                    "SELECT key FROM objects WHERE sha256 = '"
                                            + server.blobs().get(3) + "'")
                            .get(0));
            CommandLineRun back = server.move(shared, server.sqlite());
            assertThat(back.exit()).as(back.toString()).isEqualTo(3);
            assertThat(back.out().lines().filter(line -> line.startsWith("MISSING")))
                    .containsExactly("MISSING blob " + server.blobs().get(3));
        }
    }

    @Test
    void a_move_that_begins_again_keeps_what_it_has_stored_in_the_bucket() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        S3Access bucket = TestS3.newPrefix();
        int blobs = server.blobs().size();
        try (S3Proxy proxy = new S3Proxy()) {
            Map<String, String> settings = server.inBucket(proxy.before(bucket).endpoint(), bucket.prefix());
            Path shared = server.write(folder.resolve("b.json"), MoveTest.nested(settings));
            AtomicInteger stored = new AtomicInteger();
            proxy.failAll(
                    Fault.FULL,
                    request ->
                            request.method().equals(HttpMethod.PUT) && isBlob(request) && stored.incrementAndGet() > 3);

            CommandLineRun full = server.move(server.sqlite(), shared);

            assertThat(full.err())
                    .contains("objects.bucket")
                    .contains("is full")
                    .contains(CONTINUES);
            assertThat(server.database()).exists();

            proxy.heal();
            TestDatabase.execute(
                    server.database(), "INSERT INTO upkeep (name, value, updated_at) VALUES ('later', 'used', 0)");
            CommandLineRun again = server.move(server.sqlite(), shared, "--json");

            assertThat(again.exit()).as(again.toString()).isZero();
            assertThat(again.json().at("/blobs/count").intValue()).isEqualTo(blobs - 3);
            assertThat(TestPostgres.rows(server.access(), "SELECT name FROM upkeep"))
                    .contains("later");
            assertThat(TestPostgres.rows(server.access(), "SELECT COUNT(*) FROM objects"))
                    .containsExactly(Integer.toString(blobs));
            assertThat(TestS3.keys(bucket)).hasSize(blobs + 1);
            try (TestServer nodes = TestServer.start(settings)) {
                downloads(server, nodes);
            }
        }
    }

    @Test
    void a_wrong_bucket_is_found_before_a_row_is_copied() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        try (S3Proxy proxy = new S3Proxy()) {
            S3Access bucket = proxy.before(TestS3.newPrefix());
            Path shared = server.write(
                    folder.resolve("b.json"), MoveTest.nested(server.inBucket(bucket.endpoint(), bucket.prefix())));
            proxy.failAll(Fault.NO_BUCKET, request -> true);

            assertThat(server.move(server.sqlite(), shared).err()).contains("there is no such bucket");
            assertThat(TestPostgres.rows(server.access(), "SELECT COUNT(*) FROM upkeep WHERE name = 'move'"))
                    .containsExactly("0");
        }
    }

    @Test
    void a_file_that_cannot_be_read_stops_a_move_to_another_directory() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        Path next = server.write(folder.resolve("other.json"), server.onPostgres(folder.resolve("other")));
        String hex = server.blobs().get(3).hex();
        Path file = server.data().resolve("blobs/" + hex.substring(0, 2) + "/" + hex.substring(2, 4) + "/" + hex);
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        Files.createDirectory(file);

        CommandLineRun run = server.move(server.sqlite(), next);

        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.err()).contains(hex + ": cannot be read").contains(CONTINUES);
        assertThat(server.database()).exists();

        Files.delete(file);
        Files.write(file, bytes);
        assertThat(server.move(server.sqlite(), next).exit()).isZero();
    }

    @Test
    void an_unfinished_upload_belongs_to_the_node_that_has_its_bytes() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        TestDatabase.execute(
                server.database(),
                "INSERT INTO uploads (id, scope_id, user_id, device_id, length, stored, metadata, announced, blob, state, expires_at)"
                        + " SELECT 'open', id, user_id, 'd', 9, 5, '', '', '', 0, 99999999999999 FROM scopes LIMIT 1",
                "INSERT INTO upkeep (name, value, updated_at) VALUES ('key check', 'sealed by an older key', 0)");
        Files.writeString(server.data().resolve("tmp/part-open"), "bytes");
        server.there(Relocation.unwatched());
        Path other = folder.resolve("other");
        Files.createDirectory(other);
        Files.copy(server.data().resolve("secret.key"), other.resolve("secret.key"));

        server.serveShared(other).close();
        assertThat(nodeOfUpload(server)).isEmpty();
        server.serveShared().close();
        assertThat(nodeOfUpload(server)).isNotEmpty();

        server.back(Relocation.unwatched());
        assertThat(TestDatabase.rows(server.database(), "SELECT node FROM uploads"))
                .containsExactly("");
        assertThat(server.data().resolve("tmp/part-open")).hasContent("bytes");
    }

    private static String nodeOfUpload(Relocation server) {
        return TestPostgres.rows(server.access(), "SELECT node FROM uploads").get(0);
    }
}
