package io.verstak.server.blob.resumable;

import io.verstak.server.blob.StagedBlob;
import io.verstak.server.blob.StagedWriteStream;
import io.verstak.server.blob.resumable.ChunkLog.End;
import io.verstak.server.blob.resumable.ChunkLog.OpenUpload;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.StoredUpload;
import io.vertx.core.Future;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Writes a chunk to the staged bytes of its upload and records from time to time how many of them are durable. */
final class ChunkWriter extends StagedWriteStream implements UploadChunk, AutoCloseable {
    private static final int KEPT_BYTES = 8 << 20;

    /** Limits what a crash costs on a slow line; on a fast one the number of bytes does. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ChunkLog log;
    private final OpenUpload open;
    private final StagedBlob staged;
    private final ChunkOpening chunk;
    private final Optional<MessageDigest> checksum;
    private final long left;
    private long kept;
    private long keptAt = System.nanoTime();
    private boolean intact = true;

    /** @param checksum what {@code staged} computes of the chunk, if the client has sent one to compare */
    ChunkWriter(
            ChunkLog log, OpenUpload open, StagedBlob staged, ChunkOpening chunk, Optional<MessageDigest> checksum) {
        super(staged);
        this.log = log;
        this.open = open;
        this.staged = staged;
        this.chunk = chunk;
        this.checksum = checksum;
        this.left = upload().length() - chunk.offset();
        this.kept = chunk.offset();
        open.lock().heard();
    }

    private StoredUpload upload() {
        return open.upload();
    }

    @Override
    protected Optional<ServerException> refusal(long received, int length) {
        open.lock().heard();
        return length > left - received
                ? Optional.of(new ServerException(ErrorCode.REQUEST_TOO_LARGE))
                : Optional.empty();
    }

    /** Bytes of a chunk with a checksum do not count before the checksum is verified. */
    @Override
    protected boolean isForceDue(long unforced) {
        boolean late = unforced > 0 && System.nanoTime() - keptAt >= KEPT_NANOS;
        return unforced >= KEPT_BYTES || (late && checksum.isEmpty());
    }

    /** The end of the chunk records the last bytes, together with the digest of the whole. */
    @Override
    protected Future<Void> durable(long stored) {
        keptAt = System.nanoTime();
        if (checksum.isPresent() || stored == upload().length() || stored <= kept) {
            return Future.succeededFuture();
        }
        kept = stored;
        // Bytes that cannot be recorded now are recorded at the end, or sent again.
        return log.keep(upload(), stored).otherwiseEmpty();
    }

    @Override
    public Future<UploadStatus> finish() {
        open.lock().ending();
        if (upload().isFinished()) {
            return Future.succeededFuture(UploadStatus.of(upload()));
        }
        return end().compose(written -> leave(isIntact()))
                .compose(this::closeIntact, failure -> breakOff().transform(kept -> Future.failedFuture(failure)));
    }

    @Override
    public Future<UploadStatus> breakOff() {
        open.lock().ending();
        if (upload().isFinished()) {
            return Future.succeededFuture(UploadStatus.of(upload()));
        }
        refuseAll(new ServerException(ErrorCode.INTERNAL_ERROR, "The chunk was aborted."));
        return end().transform(written -> leave(checksum.isEmpty()))
                // Only bytes recorded on the way are known to be durable.
                .otherwise(failure -> new End(chunk.offset(), Optional.empty()))
                .compose(end -> log.close(open, end));
    }

    /** Breaks off a chunk whose opening took so long that nobody receives it. */
    @Override
    public void close() {
        breakOff();
    }

    private boolean isIntact() {
        intact = checksum.isEmpty() || chunk.checksum().orElseThrow().matches(checksum.get());
        return intact;
    }

    private Future<End> leave(boolean keep) {
        return staged.close(keep)
                .map(stored -> new End(
                        stored,
                        // A digest of bytes that could not be stored is none of what others put there.
                        keep ? staged.digest().filter(digest -> digest.length() == stored) : Optional.empty()));
    }

    private Future<UploadStatus> closeIntact(End end) {
        Future<UploadStatus> closed = log.close(open, end);
        return intact
                ? closed
                : closed.transform(done -> Future.failedFuture(new ServerException(ErrorCode.CHECKSUM_MISMATCH)));
    }
}
