package io.verstak.server.blob.s3;

import static io.verstak.server.blob.s3.S3Fixture.bytes;
import static io.verstak.server.blob.s3.S3Fixture.save;
import static io.verstak.server.blob.s3.S3Fixture.saving;
import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.testkit.S3Proxy;
import io.verstak.server.testkit.S3Proxy.Fault;
import io.verstak.server.testkit.TestS3;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A network and a service that fail. Nothing is acknowledged that is not kept, and nothing is called lost that is not. */
class S3FaultsTest {
    private static final int SEVERAL_PARTS = 18 << 20;

    @TempDir
    Path folder = Path.of("");

    private final S3Access access = TestS3.newPrefix();
    private final S3Proxy proxy = new S3Proxy();
    private S3Fixture server;
    private S3BlobStore store;

    @BeforeEach
    void open() throws Exception {
        server = new S3Fixture(folder);
        store = server.open(proxy.before(access));
    }

    @AfterEach
    void close() throws Exception {
        await(store.close());
        server.close();
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW_DOWN", "INTERNAL_ERROR", "LOST_ANSWER", "CUT_REQUEST", "DELAY"})
    void an_upload_is_tried_again(Fault fault) {
        proxy.fail(fault, fault == Fault.DELAY ? 1 : 2, S3FaultsTest::isPut);

        BlobReference blob = save(store, bytes(3 << 20, 1));

        assertThat(proxy.left()).isZero();
        assertThat(server.download(store, blob, 0, blob.size())).isEqualTo(bytes(3 << 20, 1));
        assertThat(objects()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW_DOWN", "LOST_ANSWER", "CUT_REQUEST"})
    void a_part_is_tried_again(Fault fault) {
        proxy.fail(fault, 2, S3FaultsTest::isPart);

        BlobReference blob = save(store, bytes(SEVERAL_PARTS, 2));

        assertThat(proxy.left()).isZero();
        assertThat(server.download(store, blob, 0, blob.size())).isEqualTo(bytes(SEVERAL_PARTS, 2));
        assertThat(TestS3.openParts(access)).isZero();
    }

    @Test
    void an_object_whose_answers_are_all_lost_is_looked_at() {
        proxy.failAll(Fault.LOST_ANSWER, S3FaultsTest::isPut);
        BlobReference small = save(store, bytes(1000, 3));
        proxy.heal();
        proxy.failAll(Fault.LOST_ANSWER, S3FaultsTest::isComplete);
        BlobReference large = save(store, bytes(SEVERAL_PARTS, 4));
        proxy.heal();

        assertThat(server.download(store, small, 0, 1000)).isEqualTo(bytes(1000, 3));
        assertThat(server.download(store, large, 0, SEVERAL_PARTS)).isEqualTo(bytes(SEVERAL_PARTS, 4));
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW_DOWN", "INTERNAL_ERROR", "ACCESS_DENIED", "CUT_REQUEST", "NO_BUCKET", "FULL"})
    void an_upload_that_is_not_stored_is_not_acknowledged(Fault fault) {
        byte[] bytes = bytes(100_000, 5);
        proxy.failAll(fault, S3FaultsTest::isPut);

        assertThat(failure(saving(store, bytes)))
                .isEqualTo(fault == Fault.FULL ? ErrorCode.STORAGE_FULL : ErrorCode.UNAVAILABLE);

        proxy.heal();
        assertThat(objects()).isZero();
        BlobReference blob = save(store, bytes);
        assertThat(server.download(store, blob, 0, blob.size())).isEqualTo(bytes);
    }

    @Test
    void parts_that_do_not_become_an_object_are_aborted_and_not_acknowledged() {
        proxy.failAll(Fault.INTERNAL_ERROR, request -> isPart(request) && "2".equals(request.getParam("partNumber")));

        assertThat(failure(saving(store, bytes(SEVERAL_PARTS, 6)))).isEqualTo(ErrorCode.UNAVAILABLE);

        assertThat(objects()).isZero();
        proxy.heal();
        save(store, bytes(SEVERAL_PARTS, 6));
        assertThat(objects()).isEqualTo(1);
    }

    @Test
    void a_download_continues_where_the_answer_was_cut() {
        byte[] bytes = bytes(5 << 20, 7);
        BlobReference blob = save(store, bytes);
        proxy.fail(Fault.CUT_ANSWER, 6, S3FaultsTest::isGet);

        assertThat(server.download(store, blob, 1000, 4 << 20))
                .isEqualTo(Arrays.copyOfRange(bytes, 1000, 1000 + (4 << 20)));
        assertThat(proxy.left()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW_DOWN", "NO_KEY", "DELAY"})
    void a_download_begins_again(Fault fault) {
        BlobReference blob = save(store, bytes(300_000, 8));
        proxy.fail(fault, fault == Fault.DELAY ? 1 : 2, S3FaultsTest::isGet);
        proxy.fail(Fault.NO_KEY, 1, S3FaultsTest::isHead);

        assertThat(server.download(store, blob, 0, 300_000)).isEqualTo(bytes(300_000, 8));
        assertThat(proxy.left()).as("nothing but the bytes is asked for").isEqualTo(1);
    }

    @Test
    void a_download_that_cannot_go_on_fails_and_does_not_end_as_if_it_were_whole() {
        BlobReference blob = save(store, bytes(300_000, 9));
        proxy.failAll(Fault.INTERNAL_ERROR, S3FaultsTest::isGet);

        assertThatThrownBy(() -> server.download(store, blob, 0, 300_000)).hasMessageContaining("closed");
    }

    @Test
    void a_piece_that_was_cut_is_read_again() throws Exception {
        byte[] bytes = bytes(300_000, 10);
        BlobReference blob = save(store, bytes);
        BlobContent content = await(store.open(blob));
        proxy.fail(Fault.CUT_ANSWER, 2, S3FaultsTest::isGet);
        ByteBuffer piece = ByteBuffer.allocate(100_000);

        assertThat(content.read(piece, 200_000)).isEqualTo(100_000);

        assertThat(piece.array()).isEqualTo(Arrays.copyOfRange(bytes, 200_000, 300_000));
        assertThat(proxy.left()).isZero();
    }

    @Test
    void an_object_that_is_said_to_be_missing_is_asked_for_again() {
        BlobReference blob = save(store, bytes(1000, 11));
        proxy.fail(Fault.NO_KEY, 2, S3FaultsTest::isHead);

        assertThat(await(store.look(blob, null))).isEqualTo(BlobVerdict.WHOLE);
    }

    @Test
    void an_object_that_comes_back_is_whole_again() {
        BlobReference blob = save(store, bytes(1000, 12));
        proxy.failAll(
                Fault.NO_KEY, request -> isHead(request) && !request.path().endsWith(ServerMark.KEY));
        assertThat(await(store.look(blob, null))).isEqualTo(BlobVerdict.MISSING);
        assertThat(await(store.knownLost(Map.of(blob, 0L)))).containsExactly(blob.sha256());
        proxy.heal();

        assertThat(await(store.judge(blob))).isEqualTo(BlobVerdict.WHOLE);

        assertThat(await(store.knownLost(Map.of(blob, 0L)))).isEmpty();
        assertThat(await(store.look(blob, null))).isEqualTo(BlobVerdict.WHOLE);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"SLOW_DOWN", "INTERNAL_ERROR", "ACCESS_DENIED", "NO_BUCKET"})
    void a_service_that_fails_says_nothing_of_the_blobs(Fault fault) {
        BlobReference blob = save(store, bytes(1000, 13));
        proxy.failAll(fault, request -> true);

        assertThat(await(store.look(blob, null))).isEqualTo(BlobVerdict.UNKNOWN);
        assertThat(await(store.judge(blob))).isEqualTo(BlobVerdict.UNKNOWN);
        assertThat(store.check(blob, bytes -> {})).isEqualTo(BlobVerdict.UNKNOWN);
        assertThat(await(store.quarantine(blob))).isFalse();
        assertThat(await(store.knownLost(Map.of(blob, 0L)))).isEmpty();
        proxy.heal();
        assertThat(await(store.look(blob, null))).isEqualTo(BlobVerdict.WHOLE);
    }

    private static boolean isPut(HttpServerRequest request) {
        return request.method().equals(HttpMethod.PUT);
    }

    private static boolean isPart(HttpServerRequest request) {
        return isPut(request) && request.getParam("partNumber") != null;
    }

    private static boolean isComplete(HttpServerRequest request) {
        return request.method().equals(HttpMethod.POST) && request.getParam("uploadId") != null;
    }

    private static boolean isHead(HttpServerRequest request) {
        return request.method().equals(HttpMethod.HEAD);
    }

    private static boolean isGet(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET);
    }

    private long objects() {
        return await(server.index.count());
    }

    private static ErrorCode failure(Future<?> failing) {
        try {
            await(failing);
        } catch (ServerException failure) {
            return failure.code();
        }
        throw new AssertionError("it has succeeded");
    }
}
