package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine that stores blobs must do. A subclass opens the engine and damages what it has stored. */
public abstract class BlobBackendContract {
    protected static final int SMALL = 3 << 20;
    private static final int SMALL_PIECE = 64 << 10;
    private static final Duration LONG_AGO = Duration.ofDays(2);

    @TempDir
    protected Path folder = Path.of("");

    protected final Vertx vertx = Vertx.vertx();
    private BlobBackend backend;

    /** Opens the engine on what it had stored before. */
    protected abstract BlobBackend open() throws Exception;

    /** Opens another engine, with room for {@link #SMALL} bytes and no more than twice as many. */
    protected abstract BlobBackend openSmall() throws Exception;

    /** Flips a bit of a stored blob behind the engine's back. */
    protected abstract void damage(Sha256 sha256) throws Exception;

    /** Deletes a stored blob behind the engine's back. */
    protected abstract void lose(Sha256 sha256) throws Exception;

    /** Adds the row of a resumable upload. Engines that know no rows need none. */
    protected void addUpload(String id, long length) throws Exception {}

    /** Deletes the row of a resumable upload. */
    protected void removeUpload(String id) throws Exception {}

    /** Returns how many of so few bytes are durable before a chunk is closed. */
    protected long forced(long bytes) {
        return bytes;
    }

    private StagedBlob resume(String id, long start, Optional<BlobDigest> known, Optional<MessageDigest> checksum)
            throws TimeoutException {
        return await(backend.resume(new ResumePoint(id, 100_000, start, 0, known, checksum)));
    }

    @BeforeEach
    void openEngine() throws Exception {
        backend = open();
    }

    @AfterEach
    void closeEngine() throws Exception {
        await(backend.close());
        await(vertx.close());
    }

    @Test
    void a_saved_blob_is_read_back_from_any_position() throws Exception {
        byte[] bytes = bytes(300_000, 1);
        BlobReference blob = save(bytes);

        assertThat(read(blob)).isEqualTo(bytes);
        assertThat(read(blob, 299_990)).isEqualTo(Arrays.copyOfRange(bytes, 299_990, 300_000));
    }

    @Test
    void an_empty_blob_is_a_blob() throws Exception {
        BlobReference blob = save(new byte[0]);

        assertThat(blob).isEqualTo(new BlobReference(Sha256.of(new byte[0]), 0));
        assertThat(read(blob)).isEmpty();
    }

    @Test
    void bytes_that_are_staged_are_no_blob() throws Exception {
        byte[] bytes = bytes(1000, 2);
        StagedBlob staged = staged(bytes);
        BlobReference blob = staged.digest().orElseThrow().blob();

        assertThat(blob).isEqualTo(new BlobReference(Sha256.of(bytes), 1000));
        assertThat(await(backend.look(blob, null))).isEqualTo(BlobVerdict.MISSING);
        assertThat(await(backend.countStaged())).isEqualTo(1);

        await(staged.discard());
        assertThat(await(backend.countStaged())).isZero();
    }

    @Test
    void the_row_is_written_once_the_blob_is_whole_and_its_result_is_the_answer() throws Exception {
        StagedBlob staged = staged(bytes(1000, 3));
        BlobReference blob = staged.digest().orElseThrow().blob();

        BlobVerdict seenByRow = await(backend.save(staged, blob, null, fileTime -> backend.look(blob, fileTime)));

        assertThat(seenByRow).isEqualTo(BlobVerdict.WHOLE);
        assertThat(await(backend.countStaged())).isZero();
    }

    @Test
    void a_refused_row_leaves_a_blob_that_the_next_save_finds() throws Exception {
        byte[] bytes = bytes(1000, 4);
        StagedBlob staged = staged(bytes);
        BlobReference blob = staged.digest().orElseThrow().blob();
        ServerException refusal = new ServerException(ErrorCode.QUOTA_EXCEEDED);

        Future<Void> refused = backend.save(staged, blob, null, fileTime -> Future.failedFuture(refusal));

        assertThat(failure(refused)).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        save(bytes);
        assertThat(read(blob)).isEqualTo(bytes);
    }

    @Test
    void a_whole_blob_is_kept_and_the_same_bytes_go() throws Exception {
        byte[] bytes = bytes(1000, 5);
        BlobReference blob = save(bytes);
        long before = fileTime(blob);

        long after = await(backend.save(staged(bytes), blob, before, Future::succeededFuture));

        assertThat(after).isEqualTo(before);
        assertThat(await(backend.countStaged())).isZero();
    }

    @Test
    void a_damaged_blob_is_judged_by_its_bytes_and_repaired_by_the_next_upload() throws Exception {
        byte[] bytes = bytes(1000, 6);
        BlobReference blob = save(bytes);
        long fileTime = fileTime(blob);
        damage(blob.sha256());

        assertThat(await(backend.look(blob, fileTime))).isEqualTo(BlobVerdict.UNKNOWN);
        assertThat(await(backend.judge(blob))).isEqualTo(BlobVerdict.WRONG_BYTES);
        assertThat(await(backend.knownLost(Map.of(blob, fileTime)))).containsExactly(blob.sha256());
        assertThat(backend.check(blob, read -> {})).isEqualTo(BlobVerdict.WRONG_BYTES);

        save(bytes);
        assertThat(await(backend.judge(blob))).isEqualTo(BlobVerdict.WHOLE);
        assertThat(read(blob)).isEqualTo(bytes);
    }

    @Test
    void a_lost_blob_is_missing_and_cannot_be_opened() throws Exception {
        BlobReference blob = save(bytes(1000, 7));
        long fileTime = fileTime(blob);
        lose(blob.sha256());

        assertThat(await(backend.look(blob, fileTime))).isEqualTo(BlobVerdict.MISSING);
        assertThat(await(backend.knownLost(Map.of(blob, fileTime)))).containsExactly(blob.sha256());
        assertThat(failure(backend.open(blob))).isEqualTo(ErrorCode.BLOB_UNAVAILABLE);
        assertThat(await(backend.quarantine(blob))).isTrue();
    }

    @Test
    void the_quarantine_takes_damaged_blobs_only() throws Exception {
        BlobReference whole = save(bytes(1000, 8));
        BlobReference damaged = save(bytes(1000, 9));
        damage(damaged.sha256());

        assertThat(await(backend.quarantine(whole))).isFalse();
        assertThat(await(backend.quarantine(damaged))).isTrue();

        assertThat(await(backend.judge(whole))).isEqualTo(BlobVerdict.WHOLE);
        assertThat(await(backend.look(damaged, null))).isEqualTo(BlobVerdict.MISSING);
        assertThat(stored()).containsExactly(whole.sha256());
        save(bytes(1000, 9));
        assertThat(read(damaged)).isEqualTo(bytes(1000, 9));
    }

    @Test
    void a_blob_of_another_size_than_its_row_says_has_the_wrong_size() throws Exception {
        BlobReference blob = save(bytes(1000, 41));
        BlobReference longer = new BlobReference(blob.sha256(), 1001);

        assertThat(await(backend.look(longer, fileTime(blob)))).isEqualTo(BlobVerdict.WRONG_SIZE);
        assertThat(backend.check(longer, read -> {})).isEqualTo(BlobVerdict.WRONG_SIZE);
        assertThat(failure(backend.open(longer))).isEqualTo(ErrorCode.BLOB_UNAVAILABLE);
        assertThat(read(blob)).isEqualTo(bytes(1000, 41));
    }

    @Test
    void a_check_reports_its_progress_and_can_be_stopped() throws Exception {
        BlobReference blob = save(bytes(600_000, 10));
        long[] read = {0};

        assertThat(backend.check(blob, count -> read[0] += count)).isEqualTo(BlobVerdict.WHOLE);
        assertThat(read[0]).isEqualTo(600_000);
        CancellationException stop = new CancellationException();
        assertThatThrownBy(() -> backend.check(blob, count -> {
                    throw stop;
                }))
                .isSameAs(stop);
        assertThat(await(backend.judge(blob))).isEqualTo(BlobVerdict.WHOLE);
    }

    @Test
    void a_removed_blob_is_gone_and_removing_it_again_changes_nothing() throws Exception {
        BlobReference blob = save(bytes(1000, 11));

        await(backend.remove(blob.sha256()));
        await(backend.remove(blob.sha256()));

        assertThat(await(backend.look(blob, null))).isEqualTo(BlobVerdict.MISSING);
    }

    @Test
    void chunks_survive_a_restart_up_to_what_was_acknowledged() throws Exception {
        byte[] bytes = bytes(10_000, 12);
        addUpload("u1", 100_000);
        StagedBlob first = resume("u1", 0, Optional.empty(), Optional.empty());
        append(first, bytes, 0, 6000);
        long durable = await(first.force());
        assertThat(durable).isEqualTo(forced(6000));
        append(first, bytes, 6000, 7000);
        reopen();

        assertThat(await(backend.recover(Set.of("u1", "u2"))))
                .isEqualTo(backend.sharesStaged() ? Set.of() : Set.of("u1"));
        StagedBlob second = resume("u1", durable, Optional.empty(), Optional.empty());
        append(second, bytes, (int) durable, 10_000);
        assertThat(await(second.close(true))).isEqualTo(10_000);

        BlobReference blob = second.digest().orElseThrow().blob();
        assertThat(blob.sha256()).isEqualTo(Sha256.of(bytes));
        await(backend.save(backend.staged("u1"), blob, null, Future::succeededFuture));
        assertThat(read(blob)).isEqualTo(bytes);
    }

    @Test
    void a_chunk_that_is_not_kept_leaves_what_was_there_before() throws Exception {
        byte[] bytes = bytes(2000, 13);
        addUpload("u1", 100_000);
        StagedBlob first = resume("u1", 0, Optional.empty(), Optional.empty());
        append(first, bytes, 0, 1000);
        assertThat(await(first.close(true))).isEqualTo(1000);
        BlobDigest known = first.digest().orElseThrow();
        MessageDigest checksum = Sha256.newDigest();
        StagedBlob second = resume("u1", 1000, Optional.of(known), Optional.of(checksum));
        append(second, bytes, 1000, 2000);

        assertThat(Sha256.ofDigest(checksum.digest())).isEqualTo(Sha256.of(Arrays.copyOfRange(bytes, 1000, 2000)));
        assertThat(await(second.close(false))).isEqualTo(1000);

        StagedBlob third = resume("u1", 1000, Optional.of(known), Optional.empty());
        assertThat(third.digest().orElseThrow().blob().sha256()).isEqualTo(Sha256.of(Arrays.copyOf(bytes, 1000)));
        await(third.discard());
        assertThat(await(backend.countStaged())).isZero();
    }

    @Test
    void an_upload_whose_first_bytes_are_gone_is_not_found() {
        assertThat(failure(backend.resume(new ResumePoint("never", 20, 10, 0, Optional.empty(), Optional.empty()))))
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void a_save_without_bytes_uses_the_stored_blob_or_says_that_there_is_none() throws Exception {
        byte[] bytes = bytes(1000, 14);
        BlobReference stored = save(bytes);
        BlobReference lost = new BlobReference(Sha256.of(bytes(1, 15)), 1);

        boolean found =
                await(backend.save(backend.staged("gone"), stored, null, fileTime -> Future.succeededFuture(true)));

        assertThat(found).isTrue();
        assertThat(failure(backend.save(backend.staged("gone"), lost, null, Future::succeededFuture)))
                .isEqualTo(ErrorCode.BLOB_UNAVAILABLE);
    }

    @Test
    void a_start_removes_what_a_dead_process_left_but_for_resumable_uploads() throws Exception {
        staged(bytes(1000, 16));
        for (String id : new String[] {"u1", "u2"}) {
            addUpload(id, 100_000);
            StagedBlob chunk = resume(id, 0, Optional.empty(), Optional.empty());
            append(chunk, bytes(10, 17), 0, 10);
            await(chunk.close(true));
        }
        reopen();
        removeUpload("u1");

        assertThat(await(backend.recover(Set.of("u2")))).isEqualTo(backend.sharesStaged() ? Set.of() : Set.of("u2"));
        await(backend.sweep());

        assertThat(await(backend.countStaged())).isEqualTo(1);
    }

    @Test
    void old_leftovers_go_while_the_engine_runs() throws Exception {
        staged(bytes(1000, 18));
        long now = System.currentTimeMillis();

        assertThat(await(backend.dropStaged(now - LONG_AGO.toMillis()))).isZero();
        assertThat(await(backend.dropStaged(now + LONG_AGO.toMillis()))).isEqualTo(1);
    }

    @Test
    void old_leftovers_are_no_bytes_of_resumable_uploads() throws Exception {
        byte[] bytes = bytes(10, 19);
        addUpload("u1", 100_000);
        StagedBlob chunk = resume("u1", 0, Optional.empty(), Optional.empty());
        append(chunk, bytes, 0, 10);
        await(chunk.close(true));

        assertThat(await(backend.dropStaged(System.currentTimeMillis() + LONG_AGO.toMillis())))
                .isZero();

        StagedBlob next = resume("u1", 10, Optional.empty(), Optional.empty());
        assertThat(next.digest().orElseThrow().blob().sha256()).isEqualTo(Sha256.of(bytes));
        await(next.discard());
    }

    @Test
    void a_range_is_sent_as_the_body_of_a_response_and_reading_ends_at_the_end() throws Exception {
        byte[] bytes = bytes(300_000, 42);
        BlobReference blob = save(bytes);
        BlobContent content = await(backend.open(blob));
        HttpServer server = await(vertx.createHttpServer()
                .requestHandler(request -> {
                    request.response().putHeader(HttpHeaders.CONTENT_LENGTH, "200000");
                    content.send(request.response(), 50_000, 200_000);
                })
                .listen(0, "127.0.0.1"));
        HttpClient client = vertx.createHttpClient();

        Buffer body = await(client.request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body));

        assertThat(body.getBytes()).isEqualTo(Arrays.copyOfRange(bytes, 50_000, 250_000));
        assertThat(content.read(ByteBuffer.allocate(1), 300_000)).isNegative();
        await(content.close());
        await(client.close());
        await(server.close());
    }

    @Test
    void different_blobs_are_saved_at_once() throws Exception {
        List<Future<Long>> saves = new ArrayList<>();
        List<BlobReference> blobs = new ArrayList<>();
        for (int seed = 50; seed < 80; seed++) {
            StagedBlob staged = staged(bytes(20_000, seed));
            BlobReference blob = staged.digest().orElseThrow().blob();
            blobs.add(blob);
            saves.add(backend.save(staged, blob, null, Future::succeededFuture));
        }
        await(Future.all(saves));

        for (int i = 0; i < blobs.size(); i++) {
            assertThat(read(blobs.get(i))).isEqualTo(bytes(20_000, 50 + i));
        }
        assertThat(await(backend.countStaged())).isZero();
    }

    @Test
    void futures_complete_on_the_context_of_the_caller() throws Exception {
        BlobReference blob = save(bytes(1000, 43));
        BlobReference lost = new BlobReference(Sha256.of(bytes(1, 44)), 1);
        Context caller = vertx.getOrCreateContext();
        Promise<Set<Boolean>> ends = Promise.promise();
        caller.runOnContext(now -> {
            Set<Boolean> own = new HashSet<>();
            List<Future<?>> calls = List.of(
                    backend.judge(blob),
                    backend.open(lost),
                    backend.resume(new ResumePoint("u1", 10, 0, 0, Optional.empty(), Optional.empty())),
                    backend.save(backend.staged("none"), blob, null, Future::succeededFuture),
                    backend.countStaged());
            calls.forEach(call -> call.onComplete(done -> own.add(vertx.getOrCreateContext() == caller)));
            Future.join(calls).onComplete(done -> ends.complete(own));
        });

        assertThat(await(ends.future())).containsExactly(true);
    }

    @Test
    void a_full_engine_refuses_bytes_keeps_what_it_has_and_takes_bytes_again() throws Exception {
        await(backend.close());
        backend = openSmall();
        byte[] bytes = bytes(1000, 45);
        BlobReference before = save(bytes);
        StagedBlob large = backend.stage();

        ErrorCode refusal = failure(appendMany(large, 3 * SMALL / SMALL_PIECE));

        assertThat(refusal).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(large.digest()).isEmpty();
        assertThat(read(before)).isEqualTo(bytes);
        await(large.discard());
        assertThat(await(backend.countStaged())).isZero();
        byte[] later = bytes(SMALL / 2, 46);
        assertThat(read(save(later))).isEqualTo(later);
    }

    private static Future<Void> appendMany(StagedBlob staged, int pieces) {
        Future<Void> all = Future.succeededFuture();
        for (int i = 0; i < pieces; i++) {
            all = all.compose(before -> staged.append(new ByteBuffer[] {ByteBuffer.allocate(SMALL_PIECE)}));
        }
        return all;
    }

    @Test
    void all_parts_together_list_each_old_blob_once() throws Exception {
        Set<Sha256> stored = new HashSet<>();
        for (int seed = 20; seed < 40; seed++) {
            stored.add(save(bytes(10, seed)).sha256());
        }
        for (int part = 0; part < BlobBackend.PARTS; part++) {
            assertThat(await(backend.olderThan(part, 0))).isEmpty();
        }

        assertThat(stored()).isEqualTo(stored);
    }

    private Set<Sha256> stored() throws Exception {
        Set<Sha256> listed = new HashSet<>();
        for (int part = 0; part < BlobBackend.PARTS; part++) {
            for (Sha256 sha256 : await(backend.olderThan(part, Long.MAX_VALUE))) {
                assertThat(listed.add(sha256)).isTrue();
            }
        }
        return listed;
    }

    private void reopen() throws Exception {
        await(backend.close());
        backend = open();
    }

    private BlobReference save(byte[] bytes) throws Exception {
        StagedBlob staged = staged(bytes);
        BlobReference blob = staged.digest().orElseThrow().blob();
        return await(backend.save(staged, blob, null, fileTime -> Future.succeededFuture(blob)));
    }

    private StagedBlob staged(byte[] bytes) throws Exception {
        StagedBlob staged = backend.stage();
        if (bytes.length > 0) {
            append(staged, bytes, 0, bytes.length);
        }
        return staged;
    }

    private static void append(StagedBlob staged, byte[] bytes, int from, int to) throws Exception {
        int middle = (from + to) / 2;
        await(staged.append(new ByteBuffer[] {
            ByteBuffer.wrap(bytes, from, middle - from), ByteBuffer.wrap(bytes, middle, to - middle)
        }));
    }

    /** Returns the mark of a stored blob, as a save that finds it reports it. */
    private long fileTime(BlobReference blob) throws Exception {
        return await(backend.save(backend.staged("none"), blob, null, Future::succeededFuture));
    }

    private byte[] read(BlobReference blob) throws Exception {
        return read(blob, 0);
    }

    private byte[] read(BlobReference blob, long from) throws Exception {
        BlobContent content = await(backend.open(blob));
        try {
            ByteBuffer bytes = ByteBuffer.allocate((int) (blob.size() - from));
            while (bytes.hasRemaining()) {
                if (content.read(bytes, from + bytes.position()) < 0) {
                    throw new IOException("it is too short");
                }
            }
            return bytes.array();
        } finally {
            await(content.close());
        }
    }

    private static ErrorCode failure(Future<?> failing) {
        try {
            await(failing);
        } catch (ServerException failure) {
            return failure.code();
        } catch (TimeoutException late) {
            throw new AssertionError(late);
        }
        throw new AssertionError("it has succeeded");
    }

    private static <T> T await(Future<T> future) throws TimeoutException {
        return future.await(60, TimeUnit.SECONDS);
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
