package io.verstak.server.blob.resumable;

import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.blob.file.FileWriteStream;
import io.verstak.server.blob.resumable.ResumableUploadService.Close;
import io.verstak.server.blob.resumable.ResumableUploadService.Keep;
import io.verstak.server.blob.resumable.ResumableUploadService.Opened;
import io.verstak.server.bus.Bus;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Writes a chunk to the upload's file and records from time to time how much of it is durable. */
final class ChunkWriter extends FileWriteStream implements UploadChunk {
    private static final int KEPT_BYTES = 8 << 20;

    /** Limits what a crash costs on a slow line; on a fast one the number of bytes does. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Bus bus;
    private final BlobDisk disk;
    private final Opened opened;
    private final ChunkFile file;
    private final ChunkOpening part;
    private final UploadSender handle;
    private final long left;
    private long keptAt = System.nanoTime();

    ChunkWriter(Bus bus, BlobDisk disk, Opened opened, ChunkFile file, ChunkOpening part, UploadSender handle) {
        super(disk, file);
        this.bus = bus;
        this.disk = disk;
        this.opened = opened;
        this.file = file;
        this.part = part;
        this.handle = handle;
        this.left = opened.upload().length() - part.offset();
        handle.heard();
    }

    @Override
    public Optional<ServerException> refusal(long received, int length) {
        handle.heard();
        return length > left - received
                ? Optional.of(new ServerException(ErrorCode.REQUEST_TOO_LARGE))
                : Optional.empty();
    }

    /** Bytes of a chunk with a checksum do not count before the checksum is verified. */
    @Override
    public boolean isForceDue(long unforced) {
        boolean late = unforced > 0 && System.nanoTime() - keptAt >= KEPT_NANOS;
        return unforced >= KEPT_BYTES || (late && part.checksum().isEmpty());
    }

    /** The end of the chunk records the last bytes, together with the digest of the whole. */
    @Override
    public Future<Void> durable(long bytes) {
        keptAt = System.nanoTime();
        if (part.checksum().isPresent() || bytes == left) {
            return Future.succeededFuture();
        }
        // Bytes that cannot be recorded now are recorded at the end, or sent again.
        return bus.request(BusResumableUploads.KEEP, new Keep(opened.upload().id(), part.offset() + bytes))
                .otherwiseEmpty();
    }

    @Override
    public Future<UploadStatus> finish() {
        handle.ending();
        return end().compose(written -> disk.write(file::finish))
                .compose(this::close, failure -> breakOff().transform(kept -> Future.failedFuture(failure)));
    }

    @Override
    public Future<UploadStatus> breakOff() {
        handle.ending();
        refuseAll(new ServerException(ErrorCode.INTERNAL_ERROR, "The part was given up."));
        return end().transform(written -> disk.write(file::breakOff))
                .otherwise(failure -> nothing())
                .compose(this::close);
    }

    /** Only bytes recorded on the way are known to be durable. */
    private ChunkFile.End nothing() {
        return new ChunkFile.End(part.offset(), Optional.empty(), Optional.empty());
    }

    private Future<UploadStatus> close(ChunkFile.End end) {
        Future<UploadStatus> closed = bus.request(BusResumableUploads.CLOSE, new Close(opened, end));
        return end.refusal().isEmpty()
                ? closed
                : closed.transform(done -> Future.failedFuture(end.refusal().get()));
    }
}
