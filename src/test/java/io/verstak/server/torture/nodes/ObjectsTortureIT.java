package io.verstak.server.torture.nodes;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.torture.Device;
import io.verstak.server.torture.Form;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several nodes do to one bucket at the same time. */
class ObjectsTortureIT {
    private static final int NODES = 3;
    private static final int FILES = 7;
    private static final int FILE_BYTES = 2_000;
    private static final int LARGE = 30_000_000;
    private static final int MOST_OF_CHUNK = 11_000_000;
    private static final Duration GOES_ON_WITHIN = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 200_000_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /**
     * Nobody holds the blob when a round begins, and the bucket deletes at once what it may. In the long form, nodes are killed during other
     * uploads afterwards.
     */
    @Test
    void uploads_survive_the_clean_up_and_the_end_of_their_nodes() throws Exception {
        PostgresAccess access = TestPostgres.newDatabase();
        S3Access bucket = withoutRetention(TestS3.newPrefix());
        Random random = new Random(20261130);
        int rounds = Form.cycles(60, 10_000);
        int raced = 0;
        List<BlobNode> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                nodes.add(new BlobNode(access, bucket, folder.resolve("node-" + i)));
            }
            TestPostgres.execute(
                    access,
                    "INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)"
                            + " VALUES ('user', 'user', 'user', 'user@example.org', 'user@example.org', '', 0)");
            for (int round = 0; round < rounds; round++) {
                byte[] file = file(round % FILES);
                Sha256 sha256 = Sha256.of(file);
                TestPostgres.execute(
                        access,
                        "DELETE FROM blob_refs",
                        "DELETE FROM blob_usage",
                        "UPDATE blobs SET unreferenced_since = 1 WHERE sha256 = '" + sha256 + "'");
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < NODES; i++) {
                    all.add(nodes.get(i).upload(new Scope(i + 1, "user", "vault" + i), file));
                    if (random.nextBoolean()) {
                        all.add(nodes.get(random.nextInt(NODES)).cleanUp(sha256));
                    }
                }
                raced += all.size() - NODES;
                await(Future.all(all));
                BlobNode reader = nodes.get(random.nextInt(NODES));
                await(reader.cleanUp(sha256));
                assertThat(reader.check(new BlobReference(sha256, FILE_BYTES)))
                        .as("round %s", round)
                        .isEqualTo(BlobVerdict.WHOLE);
                Form.progress("uploads against the clean-up", round + 1, rounds);
            }
            assertThat(TestPostgres.rows(access, "SELECT key FROM object_intents"))
                    .isEmpty();
        } finally {
            for (BlobNode node : nodes) {
                node.close();
            }
        }
        Form.report(
                "objects: %s rounds of an upload of the same bytes at each of %s nodes, with %s clean-ups meanwhile: 0 lost"
                        .formatted(rounds, NODES, raced));
        if (Form.isLong()) {
            killNodesDuringUploads();
        }
    }

    private static S3Access withoutRetention(S3Access access) {
        return new S3Access(
                access.endpoint(),
                access.region(),
                access.bucket(),
                access.prefix(),
                access.accessKey(),
                access.secretKey(),
                access.pathStyle(),
                access.partBytes(),
                0);
    }

    private static byte[] file(int number) {
        byte[] file = new byte[FILE_BYTES];
        new Random(number).nextBytes(file);
        return file;
    }

    /** Each chunk goes to another node, and the one that receives it is killed meanwhile or right after. */
    private void killNodesDuringUploads() throws Exception {
        Random random = new Random(20261130);
        int uploads = 10;
        int kills = 0;
        try (PackagedCluster cluster = PackagedCluster.start(Files.createDirectory(folder.resolve("kills")), true);
                Device device = new io.verstak.server.torture.Scope(cluster::port, "red").device()) {
            for (int i = 0; i < uploads; i++) {
                byte[] file = new byte[LARGE];
                random.nextBytes(file);
                kills += upload(cluster, device, file, random);
            }
        }
        Form.report(
                "objects: %s uploads of %s MB, each chunk to another node, %s nodes killed meanwhile: all whole, no acknowledged offset lost"
                        .formatted(uploads, LARGE / 1_000_000, kills));
    }

    private static int upload(PackagedCluster cluster, Device device, byte[] file, Random random) throws IOException {
        cluster.awaitReady();
        Answer created = Http.once(
                cluster.port(0), tus(device, "POST", "/api/v1/uploads/").with("Upload-Length", "" + file.length));
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        String upload = URI.create(created.header("Location")).getRawPath();
        int kills = 0;
        long acknowledged = 0;
        for (int node = 0; acknowledged < file.length; node = (node + 1) % PackagedCluster.NODES) {
            long offset = offset(cluster, device, upload, node);
            assertThat(offset).isGreaterThanOrEqualTo(acknowledged);
            acknowledged = offset;
            if (offset == file.length) {
                break;
            }
            int end = (int) Math.min(file.length, offset + 1 + random.nextInt(MOST_OF_CHUNK));
            int sent = random.nextInt((int) (end - offset)) + 1;
            Request chunk = tus(device, "PATCH", upload)
                    .with("Upload-Offset", Long.toString(offset))
                    .with("Content-Type", "application/offset+octet-stream");
            chunk = new Request(
                    chunk.method(), chunk.path(), chunk.fields(), Arrays.copyOfRange(file, (int) offset, end), false);
            try (Http http = Http.connect(cluster.port(node))) {
                if (random.nextBoolean()) {
                    http.write(chunk.head());
                    http.write(Arrays.copyOf(chunk.body(), sent));
                    cluster.kill(node);
                    kills++;
                } else {
                    Answer answer = http.send(chunk);
                    if (answer.status() == 204) {
                        acknowledged = Long.parseLong(answer.header("Upload-Offset"));
                        assertThat(acknowledged).isEqualTo(end);
                    } else {
                        assertThat(answer.status()).as(answer.toString()).isIn(423, 409, 503);
                    }
                }
            } catch (IOException starting) {
                // It was killed before, and does not listen yet.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        Answer download = Http.once(
                cluster.port(), Request.get("/api/v1/blobs/" + Sha256.of(file)).bearer(device.token()));
        assertThat(Arrays.equals(download.wire(), file)).as(download.toString()).isTrue();
        return kills;
    }

    /** Asks the nodes, beginning with this one, until one answers. */
    private static long offset(PackagedCluster cluster, Device device, String upload, int from) {
        long end = System.nanoTime() + GOES_ON_WITHIN.toNanos();
        for (int node = from; System.nanoTime() < end; node = (node + 1) % PackagedCluster.NODES) {
            try {
                Answer answer = Http.once(cluster.port(node), tus(device, "HEAD", upload));
                assertThat(answer.status()).as(answer.toString()).isIn(200, 423, 503);
                if (answer.status() == 200) {
                    return Long.parseLong(answer.header("Upload-Offset"));
                }
            } catch (IOException down) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        throw new AssertionError("no node answers: " + cluster.lines());
    }

    private static Request tus(Device device, String method, String path) {
        return Request.of(method, path).bearer(device.token()).with("Tus-Resumable", "1.0.0");
    }
}
