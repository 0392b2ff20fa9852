package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.blob.ResumePoint;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.ObjectIndex.Intent;
import io.verstak.server.testkit.S3Proxy;
import io.verstak.server.testkit.S3Proxy.Fault;
import io.verstak.server.testkit.TestS3;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads in chunks whose bucket, configuration or lock is another one than before. */
class ResumedUploadTest {
    private static final int LENGTH = 13 << 20;
    private static final int FIRST = 7 << 20;

    @TempDir
    Path folder = Path.of("");

    private final S3Access access = TestS3.newPrefix();
    private final S3Proxy proxy = new S3Proxy();
    private final byte[] bytes = S3Fixture.bytes(LENGTH, 1);
    private S3Fixture server;
    private S3BlobStore store;

    @BeforeEach
    void open() throws Exception {
        server = new S3Fixture(folder);
        store = server.open(proxy.before(access));
        await(server.database.run(
                "INSERT INTO uploads (id, scope_id, user_id, device_id, length, stored, metadata, announced, blob, state,"
                        + " expires_at) VALUES ('u1', 1, 'user', 'device', ?, 0, '', '', '', 0, 1)",
                LENGTH));
    }

    @AfterEach
    void close() throws Exception {
        proxy.heal();
        await(store.close());
        server.close();
        proxy.close();
    }

    @Test
    void an_upload_goes_on_after_parts_were_made_smaller() {
        send(store, 0, FIRST);
        S3Access smaller = new S3Access(
                access.endpoint(),
                access.region(),
                access.bucket(),
                access.prefix(),
                access.accessKey(),
                access.secretKey(),
                access.pathStyle(),
                5 << 20,
                access.keepDeletedDays());
        S3BlobStore other = server.open(smaller);

        assertThat(send(other, FIRST, LENGTH)).isEqualTo(LENGTH);

        assertWhole(other);
        await(other.close());
    }

    @Test
    void a_tail_that_is_said_to_be_missing_once_does_not_end_its_upload() {
        send(store, 0, FIRST);
        proxy.fail(Fault.NO_KEY, 1, request -> request.method().equals(HttpMethod.GET));

        assertThat(refusal(store.resume(point(FIRST)))).isEqualTo(ErrorCode.UNAVAILABLE);

        send(store, FIRST, LENGTH);
        assertWhole(store);
    }

    @Test
    void a_tail_that_is_surely_missing_ends_its_upload() {
        send(store, 0, FIRST);
        TestS3.delete(access, tail());

        assertThat(refusal(store.resume(point(FIRST)))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    /** A former holder of the lock has sent it late. */
    @Test
    void a_part_that_is_another_one_than_recorded_does_not_make_the_upload_lost() {
        send(store, 0, LENGTH);
        String etag = await(
                server.database.only("SELECT etag FROM upload_parts WHERE number = 1", row -> row.getString("etag")));
        await(server.database.run(
                "UPDATE upload_parts SET etag = ? WHERE number = 1", etag.replace(etag.charAt(1), 'f')));

        assertThat(refusal(store.read("u1", LENGTH))).isEqualTo(ErrorCode.UNAVAILABLE);

        await(server.database.run("UPDATE upload_parts SET etag = ? WHERE number = 1", etag));
        assertWhole(store);
    }

    @Test
    void a_chunk_that_cannot_be_stored_has_no_digest() {
        StagedBlob chunk = await(store.resume(point(0)));
        await(chunk.append(new ByteBuffer[] {ByteBuffer.wrap(bytes, 0, FIRST)}));
        proxy.failAll(Fault.ACCESS_DENIED, request -> request.method().equals(HttpMethod.PUT));

        assertThat(refusal(chunk.close(true))).isEqualTo(ErrorCode.UNAVAILABLE);

        assertThat(await(chunk.close(true))).isZero();
        assertThat(chunk.digest()).isEmpty();
    }

    /** The row of the upload still names its key, since another node is about to finish it. */
    @Test
    void the_object_of_an_upload_or_of_a_blob_is_not_queued_for_deletion() {
        send(store, 0, FIRST);
        BlobReference tail = new BlobReference(Sha256.of(bytes), FIRST);
        await(server.index.begin(tail(), tail.sha256(), "node 2"));

        await(server.index.abandon(new Intent(tail(), "", "node 2")));

        server.advance(Duration.ofDays(30));
        assertThat(await(server.index.due(10))).isEmpty();
    }

    @Test
    void a_tail_that_was_replaced_is_deleted_at_once() {
        send(store, 0, 1000);
        String replaced = tail();

        send(store, 1000, 2000);

        assertThat(TestS3.keys(access)).contains(tail()).doesNotContain(replaced);
        assertThat(await(server.index.due(10))).isEmpty();
    }

    /** Another node has locked the upload before its first part was sent. */
    @Test
    void parts_that_are_begun_and_not_recorded_are_aborted() {
        StagedBlob chunk = await(store.resume(point(0)));
        await(server.database.run("UPDATE uploads SET lock_generation = 1"));
        await(chunk.append(new ByteBuffer[] {ByteBuffer.wrap(bytes, 0, 9 << 20)}));

        assertThat(refusal(chunk.close(true))).isEqualTo(ErrorCode.UPLOAD_LOCKED);

        assertThat(TestS3.openParts(access)).isZero();
    }

    private String tail() {
        return await(server.database.only("SELECT tail_key FROM upload_objects", row -> row.getString("tail_key")));
    }

    private static ResumePoint point(long start) {
        return new ResumePoint("u1", LENGTH, start, 0, Optional.empty(), Optional.empty());
    }

    private long send(S3BlobStore to, int from, int end) {
        StagedBlob chunk = await(to.resume(point(from)));
        await(chunk.append(new ByteBuffer[] {ByteBuffer.wrap(bytes, from, end - from)}));
        return await(chunk.close(true));
    }

    private void assertWhole(S3BlobStore from) {
        assertThat(await(from.read("u1", LENGTH))).isEqualTo(Sha256.of(bytes));
    }

    private static ErrorCode refusal(Future<?> refused) {
        ErrorCode[] code = new ErrorCode[1];
        assertThatThrownBy(() -> await(refused))
                .isInstanceOfSatisfying(ServerException.class, failure -> code[0] = failure.code());
        return code[0];
    }
}
