package io.verstak.server.blob;

import io.verstak.server.blob.UploadTickets.Ticket;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.util.Optional;

/** An upload in one request. */
final class UploadStream extends StagedWriteStream implements BlobUpload, AutoCloseable {
    /** About this much is left to be forced to disk at the end, while the client waits for its answer. */
    private static final int FORCED_BYTES = 16 << 20;

    private final UploadTickets tickets;
    private final Ticket ticket;
    private final StagedBlob staged;
    private final long maxBytes;
    private final Optional<Sha256> announced;

    UploadStream(UploadTickets tickets, Ticket ticket, StagedBlob staged, long maxBytes, Optional<Sha256> announced) {
        super(staged);
        this.tickets = tickets;
        this.ticket = ticket;
        this.staged = staged;
        this.maxBytes = maxBytes;
        this.announced = announced;
    }

    @Override
    protected Optional<ServerException> refusal(long received, int length) {
        if (length > maxBytes - received) {
            return Optional.of(new ServerException(ErrorCode.BLOB_TOO_LARGE));
        }
        return ticket.quota().take(length)
                ? Optional.empty()
                : Optional.of(new ServerException(ErrorCode.QUOTA_EXCEEDED));
    }

    @Override
    protected boolean isForceDue(long unforced) {
        return unforced >= FORCED_BYTES;
    }

    @Override
    protected Future<Void> durable(long stored) {
        return Future.succeededFuture();
    }

    @Override
    public Future<StoredBlob> commit() {
        return end().compose(allWritten -> received())
                .recover(failed -> abort().compose(nothingLeft -> Future.failedFuture(failed)))
                .compose(blob -> tickets.commit(ticket, staged, blob));
    }

    private Future<BlobReference> received() {
        BlobReference blob = staged.digest().orElseThrow().blob();
        boolean other = announced.isPresent() && !announced.get().equals(blob.sha256());
        return other ? Future.failedFuture(new ServerException(ErrorCode.HASH_MISMATCH)) : Future.succeededFuture(blob);
    }

    @Override
    public Future<Void> abort() {
        refuseAll(new ServerException(ErrorCode.INTERNAL_ERROR, "The upload was aborted."));
        return end().transform(ended -> staged.discard())
                .transform(discarded -> tickets.abort(ticket))
                .otherwiseEmpty();
    }

    /** Aborts an upload whose opening took so long that nobody receives it. */
    @Override
    public void close() {
        abort();
    }
}
