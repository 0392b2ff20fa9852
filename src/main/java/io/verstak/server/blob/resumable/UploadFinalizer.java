package io.verstak.server.blob.resumable;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.KeyedMutex;
import io.verstak.server.blob.QuotaService;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.BlobIndex;
import io.verstak.server.storage.blob.StoredUpload;
import io.verstak.server.storage.blob.StoredUpload.State;
import io.verstak.server.storage.blob.UploadStore;
import io.vertx.core.Future;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes a resumable upload in three steps that each survive a crash: the row records the digest (sealed), the file
 * moves to its place, one transaction adds the blob to the scope and marks the upload as finished. The next caller that
 * meets a sealed upload finishes it. Runs on the blob verticle; the caller holds the upload's lock.
 */
final class UploadFinalizer {
    private static final Logger LOG = LoggerFactory.getLogger(UploadFinalizer.class);

    private final UploadStore store;
    private final BlobIndex index;
    private final BlobBackend backend;
    private final QuotaService quotas;
    private final KeyedMutex mutex;
    private final Clock clock;

    UploadFinalizer(
            UploadStore store,
            BlobIndex index,
            BlobBackend backend,
            QuotaService quotas,
            KeyedMutex mutex,
            Clock clock) {
        this.store = store;
        this.index = index;
        this.backend = backend;
        this.quotas = quotas;
        this.mutex = mutex;
        this.clock = clock;
    }

    /**
     * Seals an upload whose bytes are all durable and have this digest. Fails with {@code HASH_MISMATCH} when another
     * was announced: the upload is gone then.
     */
    Future<StoredUpload> complete(StoredUpload upload, Sha256 sha256) {
        if (upload.announced().isPresent() && !upload.announced().get().equals(sha256)) {
            return remove(upload).compose(gone -> Future.failedFuture(new ServerException(ErrorCode.HASH_MISMATCH)));
        }
        return store.seal(upload, sha256).compose(done -> finish(upload.whole(State.SEALED, sha256)));
    }

    /** Seals an upload whose bytes have all arrived, at nodes of which none has seen them all: they are read once. */
    Future<StoredUpload> read(StoredUpload upload) {
        return backend.read(upload.id(), upload.length())
                .recover(failure -> isLost(failure) ? lost(upload) : Future.failedFuture(failure))
                .compose(sha256 -> complete(upload, sha256));
    }

    /**
     * Adds the blob of a sealed upload to the scope. Fails with {@code NOT_FOUND} when its bytes no longer exist. A crash
     * may have left them in their place already; {@link BlobBackend#save} finds them there.
     */
    Future<StoredUpload> finish(StoredUpload sealed) {
        BlobReference blob = new BlobReference(sealed.blob().orElseThrow(), sealed.length());
        return mutex.run(
                blob.sha256(),
                () -> index.find(sealed.scope(), blob.sha256())
                        .compose(known -> backend.save(
                                backend.staged(sealed.id()),
                                blob,
                                known.map(BlobIndex.Entry::fileTime).orElse(null),
                                fileTime -> give(sealed, blob, fileTime)))
                        .recover(failure -> isLost(failure) ? lost(sealed) : Future.failedFuture(failure)));
    }

    private static boolean isLost(Throwable failure) {
        return failure instanceof ServerException refusal && refusal.code() == ErrorCode.BLOB_UNAVAILABLE;
    }

    private Future<StoredUpload> give(StoredUpload sealed, BlobReference blob, long fileTime) {
        long now = clock.millis();
        return index.finish(sealed, blob, fileTime, now, now + ResumableUploadService.LIFETIME.toMillis())
                .map(added -> {
                    if (!added) {
                        quotas.giveBack(sealed.scope(), sealed.length());
                    }
                    return sealed.whole(State.FINISHED, blob.sha256());
                });
    }

    private <T> Future<T> lost(StoredUpload sealed) {
        LOG.error(
                "the bytes of upload {} are lost: {}",
                sealed.id(),
                sealed.blob().map(Sha256::hex).orElse("no digest"));
        return remove(sealed).compose(gone -> Future.failedFuture(new ServerException(ErrorCode.NOT_FOUND)));
    }

    /** Deletes an upload: its row first, so that a crash leaves a file without a row, never a row without its file. */
    Future<Void> remove(StoredUpload upload) {
        Scope scope = upload.scope();
        return store.remove(upload).compose(removed -> {
            if (!removed) {
                return Future.failedFuture(new ServerException(ErrorCode.UPLOAD_LOCKED));
            }
            quotas.giveBack(scope, upload.isPending() ? upload.length() : 0);
            return backend.staged(upload.id()).discard();
        });
    }
}
