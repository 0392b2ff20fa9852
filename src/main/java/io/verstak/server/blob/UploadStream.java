package io.verstak.server.blob;

import io.verstak.server.blob.BusBlobStore.Finished;
import io.verstak.server.blob.BusBlobStore.Ticket;
import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.blob.file.FileWriteStream;
import io.verstak.server.blob.file.TempFile;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.util.Optional;

/** An upload in one request, streamed to a temporary file. */
final class UploadStream extends FileWriteStream implements BlobUpload {
    /** About this much is left to be forced to disk at the end, while the client waits for its answer. */
    private static final int FORCED_BYTES = 16 << 20;

    private final Bus bus;
    private final BlobDisk disk;
    private final Ticket ticket;
    private final long maxBytes;
    private final Optional<Sha256> announced;
    private final TempFile file;

    UploadStream(Bus bus, BlobDisk disk, Ticket ticket, long maxBytes, Optional<Sha256> announced) {
        this(bus, disk, ticket, maxBytes, announced, disk.newTempFile());
    }

    private UploadStream(
            Bus bus, BlobDisk disk, Ticket ticket, long maxBytes, Optional<Sha256> announced, TempFile file) {
        super(disk, file);
        this.bus = bus;
        this.disk = disk;
        this.ticket = ticket;
        this.maxBytes = maxBytes;
        this.announced = announced;
        this.file = file;
    }

    @Override
    public Optional<ServerException> refusal(long received, int length) {
        if (length > maxBytes - received) {
            return Optional.of(new ServerException(ErrorCode.BLOB_TOO_LARGE));
        }
        return ticket.allowance().take(length)
                ? Optional.empty()
                : Optional.of(new ServerException(ErrorCode.QUOTA_EXCEEDED));
    }

    @Override
    public boolean isForceDue(long unforced) {
        return unforced >= FORCED_BYTES;
    }

    @Override
    public Future<Void> durable(long bytes) {
        return Future.succeededFuture();
    }

    @Override
    public Future<StoredBlob> commit() {
        return end().compose(allWritten -> disk.write(file::finish))
                .compose(this::requireAnnounced)
                .recover(failed -> abort().compose(nothingLeft -> Future.failedFuture(failed)))
                .compose(blob -> bus.request(BusBlobStore.COMMIT, new Finished(ticket, blob, file.path())));
    }

    private Future<BlobReference> requireAnnounced(BlobReference blob) {
        boolean other = announced.isPresent() && !announced.get().equals(blob.sha256());
        return other ? Future.failedFuture(new ServerException(ErrorCode.HASH_MISMATCH)) : Future.succeededFuture(blob);
    }

    @Override
    public Future<Void> abort() {
        refuseAll(new ServerException(ErrorCode.INTERNAL_ERROR, "The upload was given up."));
        return end().transform(ended -> disk.write(() -> {
                    file.discard();
                    return null;
                }))
                .transform(discarded -> bus.request(BusBlobStore.ABORT, ticket))
                .otherwiseEmpty();
    }
}
