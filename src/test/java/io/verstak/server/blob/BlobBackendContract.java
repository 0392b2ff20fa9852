package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine that stores blobs must do. A subclass opens the engine and damages what it has stored. */
public abstract class BlobBackendContract {
    private static final Duration LONG_AGO = Duration.ofDays(2);

    @TempDir
    protected Path folder = Path.of("");

    protected final Vertx vertx = Vertx.vertx();
    private BlobBackend backend;

    /** Opens the engine on what it had stored before. */
    protected abstract BlobBackend open() throws Exception;

    /** Flips a bit of a stored blob behind the engine's back. */
    protected abstract void damage(Sha256 sha256) throws Exception;

    /** Deletes a stored blob behind the engine's back. */
    protected abstract void lose(Sha256 sha256) throws Exception;

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
    }

    @Test
    void a_check_reports_its_progress_and_can_be_stopped() throws Exception {
        BlobReference blob = save(bytes(600_000, 10));
        long[] read = {0};

        assertThat(backend.check(blob, count -> read[0] += count)).isEqualTo(BlobVerdict.WHOLE);
        assertThat(read[0]).isEqualTo(600_000);
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
        StagedBlob first = await(backend.resume("u1", 0, Optional.empty(), Optional.empty()));
        append(first, bytes, 0, 6000);
        assertThat(await(first.force())).isEqualTo(6000);
        append(first, bytes, 6000, 7000);
        reopen();

        assertThat(await(backend.recover(Set.of("u1", "u2")))).containsExactly("u1");
        StagedBlob second = await(backend.resume("u1", 6000, Optional.empty(), Optional.empty()));
        append(second, bytes, 6000, 10_000);
        assertThat(await(second.close(true))).isEqualTo(10_000);

        BlobReference blob = second.digest().orElseThrow().blob();
        assertThat(blob.sha256()).isEqualTo(Sha256.of(bytes));
        await(backend.save(backend.staged("u1"), blob, null, Future::succeededFuture));
        assertThat(read(blob)).isEqualTo(bytes);
    }

    @Test
    void a_chunk_that_is_not_kept_leaves_what_was_there_before() throws Exception {
        byte[] bytes = bytes(2000, 13);
        StagedBlob first = await(backend.resume("u1", 0, Optional.empty(), Optional.empty()));
        append(first, bytes, 0, 1000);
        assertThat(await(first.close(true))).isEqualTo(1000);
        BlobDigest known = first.digest().orElseThrow();
        MessageDigest checksum = Sha256.newDigest();
        StagedBlob second = await(backend.resume("u1", 1000, Optional.of(known), Optional.of(checksum)));
        append(second, bytes, 1000, 2000);

        assertThat(Sha256.ofDigest(checksum.digest())).isEqualTo(Sha256.of(Arrays.copyOfRange(bytes, 1000, 2000)));
        assertThat(await(second.close(false))).isEqualTo(1000);

        StagedBlob third = await(backend.resume("u1", 1000, Optional.of(known), Optional.empty()));
        assertThat(third.digest().orElseThrow().blob().sha256()).isEqualTo(Sha256.of(Arrays.copyOf(bytes, 1000)));
        await(third.discard());
        assertThat(await(backend.countStaged())).isZero();
    }

    @Test
    void an_upload_whose_first_bytes_are_gone_is_not_found() {
        assertThat(failure(backend.resume("never", 10, Optional.empty(), Optional.empty())))
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
            StagedBlob chunk = await(backend.resume(id, 0, Optional.empty(), Optional.empty()));
            append(chunk, bytes(10, 17), 0, 10);
            await(chunk.close(true));
        }
        reopen();

        assertThat(await(backend.recover(Set.of("u2")))).containsExactly("u2");

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
    void all_parts_together_list_each_old_blob_once() throws Exception {
        Set<Sha256> stored = new HashSet<>();
        for (int seed = 20; seed < 40; seed++) {
            stored.add(save(bytes(10, seed)).sha256());
        }
        Set<Sha256> listed = new HashSet<>();
        for (int part = 0; part < BlobBackend.PARTS; part++) {
            for (Sha256 sha256 : await(backend.olderThan(part, Long.MAX_VALUE))) {
                assertThat(listed.add(sha256)).isTrue();
            }
            assertThat(await(backend.olderThan(part, 0))).isEmpty();
        }

        assertThat(listed).isEqualTo(stored);
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
        return future.await(30, TimeUnit.SECONDS);
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
