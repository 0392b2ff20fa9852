package io.verstak.server.blob.s3;

import static io.verstak.server.blob.s3.S3Fixture.bytes;
import static io.verstak.server.blob.s3.S3Fixture.save;
import static io.verstak.server.blob.s3.S3Fixture.saving;
import static io.verstak.server.blob.s3.S3Fixture.stage;
import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.StoredObject;
import io.verstak.server.testkit.S3Proxy;
import io.verstak.server.testkit.S3Proxy.Fault;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestS3;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What uploads and deletions leave in a bucket goes in time, and never what a blob needs. */
class ObjectCleanUpTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    Path folder = Path.of("");

    private final S3Access access = TestS3.newPrefix();
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
    void a_removed_object_stays_a_week() {
        BlobReference blob = save(store, bytes(1000, 1));

        await(store.remove(blob.sha256()));

        assertThat(await(store.look(blob, null))).isEqualTo(BlobVerdict.MISSING);
        server.advance(WEEK.minusHours(1));
        assertThat(await(store.sweep())).isZero();
        assertThat(objects()).hasSize(1);
        server.advance(Duration.ofHours(1));
        assertThat(await(store.sweep())).isEqualTo(1);
        assertThat(await(store.sweep())).isZero();
        assertThat(objects()).isEmpty();
    }

    @Test
    void bytes_that_come_again_get_an_object_of_their_own_which_the_clean_up_spares() {
        BlobReference blob = save(store, bytes(1000, 2));
        await(store.remove(blob.sha256()));
        save(store, bytes(1000, 2));

        server.advance(WEEK);
        assertThat(await(store.sweep())).isEqualTo(1);

        assertThat(objects()).hasSize(1);
        assertThat(server.download(store, blob, 0, 1000)).isEqualTo(bytes(1000, 2));
    }

    @Test
    void a_blob_with_a_row_is_not_removed() {
        BlobReference blob = save(store, bytes(1000, 3));
        TestDatabase.execute(
                server.data.resolve("server.db"),
                "INSERT INTO blobs (sha256, size, file_time, created_at) VALUES ('" + blob.sha256() + "', 1000, 1, 1)");

        await(store.remove(blob.sha256()));

        assertThat(await(store.look(blob, null))).isEqualTo(BlobVerdict.WHOLE);
    }

    /** Another node removes the blob while this one finds its bytes there already, before it has written its row. */
    @Test
    void a_blob_that_is_being_uploaded_is_not_removed() {
        BlobReference blob = save(store, bytes(1000, 4));
        StagedBlob staged = stage(store, bytes(1000, 4));
        S3BlobStore other = server.open(access);

        BlobVerdict seen = await(store.save(
                staged, blob, null, fileTime -> other.remove(blob.sha256()).compose(gone -> store.look(blob, null))));

        assertThat(seen).isEqualTo(BlobVerdict.WHOLE);
        await(other.remove(blob.sha256()));
        assertThat(await(store.look(blob, null))).isEqualTo(BlobVerdict.MISSING);
        await(other.close());
    }

    @Test
    void of_two_uploads_of_the_same_bytes_at_once_one_object_stays() {
        S3BlobStore other = server.open(access);
        Future<BlobReference> first = saving(store, bytes(2 << 20, 5));
        Future<BlobReference> second = saving(other, bytes(2 << 20, 5));
        BlobReference blob = await(first);
        await(second);

        server.advance(WEEK);
        await(store.sweep());

        assertThat(objects()).hasSize(1);
        assertThat(server.download(other, blob, 0, blob.size())).isEqualTo(bytes(2 << 20, 5));
        await(other.close());
    }

    @Test
    void a_damaged_object_that_was_replaced_stays_a_week() {
        BlobReference blob = save(store, bytes(1000, 6));
        StoredObject damaged = await(server.index.find(blob.sha256())).orElseThrow();
        TestS3.put(access, damaged.key(), bytes(1000, 7));
        save(store, bytes(1000, 6));

        assertThat(objects()).hasSize(2).contains(damaged.key());
        server.advance(WEEK);
        assertThat(await(store.sweep())).isEqualTo(1);

        assertThat(objects()).hasSize(1).doesNotContain(damaged.key());
        assertThat(server.download(store, blob, 0, 1000)).isEqualTo(bytes(1000, 6));
    }

    @Test
    void what_a_dead_upload_has_left_goes_after_a_day() {
        try (S3Proxy proxy = new S3Proxy()) {
            S3BlobStore dying = server.open(proxy.before(access));
            // What was stored is not known to be, and neither is what was not.
            proxy.failAll(Fault.LOST_ANSWER, request -> request.method().equals(HttpMethod.PUT));
            proxy.failAll(Fault.INTERNAL_ERROR, request -> request.method().equals(HttpMethod.HEAD));
            proxy.failAll(Fault.INTERNAL_ERROR, request -> request.method().equals(HttpMethod.DELETE));
            assertThatThrownBy(() -> await(saving(dying, bytes(1000, 8)))).isInstanceOf(ServerException.class);
            assertThatThrownBy(() -> await(saving(dying, bytes(9 << 20, 9)))).isInstanceOf(ServerException.class);
            await(dying.close());
        }
        assertThat(objects()).hasSize(1);
        assertThat(TestS3.openParts(access)).isEqualTo(1);
        assertThat(await(store.sweep())).isZero();

        server.advance(DAY.plusSeconds(1));
        assertThat(await(store.sweep())).isEqualTo(2);

        assertThat(objects()).isEmpty();
        assertThat(TestS3.openParts(access)).isZero();
        assertThat(intents()).isEmpty();
    }

    /** The process dies after the object has its row and before the upload's row is gone. */
    @Test
    void the_object_of_a_dead_upload_that_a_blob_has_stays() {
        Promise<BlobReference> never = Promise.promise();
        Promise<Void> stored = Promise.promise();
        StagedBlob staged = stage(store, bytes(1000, 10));
        BlobReference blob = staged.digest().orElseThrow().blob();
        store.save(staged, blob, null, fileTime -> {
            stored.complete();
            return never.future();
        });
        await(stored.future());
        assertThat(intents()).hasSize(1);

        server.advance(DAY.plusSeconds(1));
        await(store.sweep());

        assertThat(intents()).isEmpty();
        assertThat(server.download(store, blob, 0, 1000)).isEqualTo(bytes(1000, 10));
        never.complete(blob);
    }

    /** The processes of the day before are alive, and one of them stores its object late. */
    @Test
    void an_upload_that_was_taken_for_dead_is_not_acknowledged() {
        try (S3Proxy proxy = new S3Proxy()) {
            S3BlobStore slow = server.open(proxy.before(access));
            proxy.fail(Fault.SLOW_DOWN, 1, request -> {
                if (request.method().equals(HttpMethod.PUT)) {
                    TestDatabase.execute(server.data.resolve("server.db"), "DELETE FROM object_intents");
                }
                return false;
            });

            assertThatThrownBy(() -> await(saving(slow, bytes(1000, 11))))
                    .isInstanceOfSatisfying(
                            ServerException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));

            await(slow.close());
        }
        assertThat(await(server.index.count())).isZero();
        assertThat(await(store.sweep())).isEqualTo(1);
        assertThat(objects()).isEmpty();
    }

    @Test
    void an_object_that_holds_a_blob_is_not_deleted() {
        BlobReference blob = save(store, bytes(1000, 12));
        TestDatabase.execute(
                server.data.resolve("server.db"),
                "INSERT INTO object_deletions (key, not_before) SELECT key, 0 FROM objects");

        assertThat(await(store.sweep())).isZero();

        assertThat(server.download(store, blob, 0, 1000)).isEqualTo(bytes(1000, 12));
    }

    @Test
    void a_dead_upload_that_cannot_be_aborted_does_not_stop_deletions() {
        try (S3Proxy proxy = new S3Proxy()) {
            S3BlobStore refused = server.open(proxy.before(access));
            proxy.failAll(Fault.INTERNAL_ERROR, request -> "2".equals(request.getParam("partNumber")));
            proxy.failAll(
                    Fault.ACCESS_DENIED,
                    request -> request.getParam("uploadId") != null
                            && request.method().equals(HttpMethod.DELETE));
            assertThatThrownBy(() -> await(saving(refused, bytes(9 << 20, 13)))).isInstanceOf(ServerException.class);
            await(store.remove(save(store, bytes(1000, 14)).sha256()));
            server.advance(WEEK);

            assertThat(await(refused.sweep())).isEqualTo(1);

            assertThat(objects()).isEmpty();
            assertThat(intents()).hasSize(1);
            proxy.heal();
            await(refused.sweep());
            assertThat(intents()).isEmpty();
            assertThat(TestS3.openParts(access)).isZero();
            await(refused.close());
        }
    }

    /** Another node stores the bytes again while this one reads the damaged object. */
    @Test
    void the_quarantine_spares_an_object_that_was_stored_meanwhile() {
        BlobReference blob = save(store, bytes(1000, 15));
        String damaged = await(server.index.find(blob.sha256())).orElseThrow().key();
        TestS3.put(access, damaged, bytes(1000, 16));
        TestS3.put(access, "fresh", bytes(1000, 15));
        try (S3Proxy proxy = new S3Proxy()) {
            S3BlobStore reader = server.open(proxy.before(access));
            proxy.fail(Fault.SLOW_DOWN, 1, request -> {
                if (request.method().equals(HttpMethod.GET) && request.path().endsWith(damaged)) {
                    TestDatabase.execute(server.data.resolve("server.db"), "UPDATE objects SET key = 'fresh'");
                }
                return false;
            });

            assertThat(await(reader.quarantine(blob))).isTrue();

            await(reader.close());
        }
        server.advance(WEEK);
        await(store.sweep());
        assertThat(objects()).containsExactly("fresh");
        assertThat(server.download(store, blob, 0, 1000)).isEqualTo(bytes(1000, 15));
    }

    private List<String> objects() {
        return TestS3.keys(access).stream().filter(key -> !key.startsWith(".")).toList();
    }

    private List<String> intents() {
        return TestDatabase.rows(server.data.resolve("server.db"), "SELECT key FROM object_intents");
    }
}
