package io.verstak.server.blob.resumable;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Scope;
import io.verstak.server.storage.blob.StoredUpload;
import io.verstak.server.storage.blob.StoredUpload.State;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a chunk that nobody sends. */
class ChunkWriterTest {
    private static final long STORED = 40;

    private final Vertx vertx = Vertx.vertx();
    private final List<ChunkLog.End> ends = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(30, TimeUnit.SECONDS);
    }

    @Test
    void a_chunk_whose_opening_came_too_late_ends_with_what_was_there_and_lets_the_next_one_in() {
        UploadLocks locks = new UploadLocks(vertx, Optional.empty());
        UploadLocks.Lock lock = locks.take("upload", () -> {}).result();
        Future<UploadLocks.Lock> next = locks.seize("upload");

        try (ChunkWriter late = writer(lock)) {
            assertThat(next.isComplete()).isFalse();
            assertThat(late.writeQueueFull()).isFalse();
        }

        assertThat(ends).extracting(ChunkLog.End::stored).containsExactly(STORED);
        assertThat(next.succeeded()).isTrue();
    }

    private ChunkWriter writer(UploadLocks.Lock lock) {
        StoredUpload upload = new StoredUpload(
                "upload",
                new Scope(1, "user", "vault"),
                "device",
                100,
                STORED,
                "",
                Optional.empty(),
                Optional.empty(),
                State.OPEN,
                0,
                0);
        ChunkLog log = new ChunkLog() {
            @Override
            public Future<Void> keep(StoredUpload upload, long stored) {
                throw new AssertionError("no byte has arrived");
            }

            @Override
            public Future<UploadStatus> close(OpenUpload open, End end) {
                ends.add(end);
                open.lock().release();
                return Future.succeededFuture(UploadStatus.of(open.upload()));
            }
        };
        return new ChunkWriter(
                log,
                new ChunkLog.OpenUpload(upload, lock, FairPool.of(1, 1).lease("user")),
                new Untouched(),
                new ChunkOpening(STORED, 60, Optional.empty(), () -> {}),
                Optional.empty());
    }

    private static final class Untouched implements StagedBlob {
        @Override
        public Future<Void> append(ByteBuffer[] pieces) {
            throw new AssertionError("no byte has arrived");
        }

        @Override
        public Future<Long> force() {
            throw new AssertionError("no byte has arrived");
        }

        @Override
        public Future<Long> close(boolean keep) {
            return Future.succeededFuture(STORED);
        }

        @Override
        public Future<Void> discard() {
            throw new AssertionError("acknowledged bytes are kept");
        }

        @Override
        public Optional<BlobDigest> digest() {
            return Optional.empty();
        }
    }
}
