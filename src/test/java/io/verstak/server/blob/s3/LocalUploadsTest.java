package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.ResumePoint;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.S3Proxy;
import io.verstak.server.testkit.S3Proxy.Fault;
import io.verstak.server.testkit.TestS3;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads that a move has brought from a server without a bucket, as files of the first node that starts. */
class LocalUploadsTest {
    private static final int LENGTH = (9 << 20) + 1000;

    @TempDir
    Path folder = Path.of("");

    private final S3Access access = TestS3.newPrefix();
    private final byte[] bytes = S3Fixture.bytes(LENGTH, 1);
    private S3Fixture server;
    private S3BlobStore store;

    @BeforeEach
    void open() throws Exception {
        server = new S3Fixture(folder);
        store = server.open(access);
    }

    @AfterEach
    void close() throws Exception {
        await(store.close());
        server.close();
    }

    @Test
    void a_moved_upload_goes_on_in_the_bucket() throws Exception {
        int stored = LENGTH - 5000;
        // A crash has left more than was acknowledged.
        Path file = file("moved", LENGTH - 4000);
        upload("moved", stored);

        assertThat(await(store.recover(Set.of("moved")))).containsExactly("moved");

        assertThat(file).doesNotExist();
        StagedBlob rest =
                await(store.resume(new ResumePoint("moved", LENGTH, stored, 0, Optional.empty(), Optional.empty())));
        await(rest.append(new ByteBuffer[] {ByteBuffer.wrap(bytes, stored, LENGTH - stored)}));
        assertThat(await(rest.close(true))).isEqualTo(LENGTH);
        assertThat(rest.digest()).isEmpty();
        Sha256 sha256 = await(store.read("moved", LENGTH));
        assertThat(sha256).isEqualTo(Sha256.of(bytes));
        BlobReference blob = new BlobReference(sha256, LENGTH);
        await(store.save(store.staged("moved"), blob, null, Future::succeededFuture));
        assertThat(server.download(store, blob, 0, LENGTH)).isEqualTo(bytes);
    }

    @Test
    void a_file_that_is_too_short_leaves_nothing_in_the_bucket() throws Exception {
        Path file = file("short", 100);
        upload("short", 200);

        await(store.recover(Set.of("short")));

        assertThat(file).doesNotExist();
        assertThat(await(store.countStaged())).isZero();
        assertThat(TestS3.keys(access)).allMatch(key -> key.startsWith("."));
    }

    @Test
    void a_file_stays_until_the_bucket_has_it_and_its_upload_is_known_to_be_here_alone() throws Exception {
        Path file = file("moved", LENGTH);
        upload("moved", LENGTH - 5000);
        try (S3Proxy proxy = new S3Proxy()) {
            S3BlobStore refused = server.open(proxy.before(access));
            proxy.failAll(Fault.ACCESS_DENIED, request -> request.getParam("partNumber") != null);

            await(refused.recover(Set.of("moved")));

            assertThat(file).exists();
            assertThat(node("moved")).isEqualTo("node 1");
            proxy.heal();
            await(refused.close());
        }
        await(store.recover(Set.of("moved")));
        assertThat(file).doesNotExist();
        assertThat(node("moved")).isEmpty();
        assertThat(await(store.staged("moved").close(true))).isEqualTo(LENGTH - 5000);
    }

    private String node(String id) {
        return await(server.database.only("SELECT node FROM uploads WHERE id = ?", row -> row.getString("node"), id));
    }

    private Path file(String id, int length) throws Exception {
        return Files.write(folder.resolve("tmp").resolve("part-" + id), Arrays.copyOf(bytes, length));
    }

    private void upload(String id, long stored) {
        await(server.database.run(
                "INSERT INTO uploads (id, scope_id, user_id, device_id, length, stored, metadata, announced, blob, state,"
                        + " expires_at) VALUES (?, 1, 'user', 'device', ?, ?, '', '', '', 0, 1)",
                id,
                LENGTH,
                stored));
    }
}
