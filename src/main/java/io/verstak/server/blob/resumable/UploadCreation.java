package io.verstak.server.blob.resumable;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.QuotaReservation;
import io.verstak.server.blob.QuotaService;
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
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Creates resumable uploads and reserves quota for all of their bytes. Runs on the blob verticle. */
final class UploadCreation {
    private final UploadStore store;
    private final BlobIndex index;
    private final BlobStore blobs;
    private final QuotaService quotas;
    private final UploadSweeper sweeper;
    private final Clock clock;
    private final LongSupplier maxBlobBytes;

    /** What a scope holds of an announced blob. */
    private enum Held {
        NOTHING,
        DAMAGED,
        WHOLE
    }

    UploadCreation(
            UploadStore store,
            BlobIndex index,
            BlobStore blobs,
            QuotaService quotas,
            UploadSweeper sweeper,
            Clock clock,
            LongSupplier maxBlobBytes) {
        this.store = store;
        this.index = index;
        this.blobs = blobs;
        this.quotas = quotas;
        this.sweeper = sweeper;
        this.clock = clock;
        this.maxBlobBytes = maxBlobBytes;
    }

    /** Implements {@link ResumableUploads#create}. */
    Future<StoredUpload> create(NewUpload upload) {
        if (upload.length() > maxBlobBytes.getAsLong()) {
            return Future.failedFuture(new ServerException(ErrorCode.BLOB_TOO_LARGE));
        }
        return sweeper.makeRoom()
                .compose(swept -> held(upload))
                .compose(held -> add(row(upload, held), held == Held.NOTHING));
    }

    private Future<Held> held(NewUpload upload) {
        Scope scope = upload.device().scope();
        if (upload.announced().isEmpty()) {
            return Future.succeededFuture(Held.NOTHING);
        }
        Sha256 sha256 = upload.announced().get();
        return index.find(scope, sha256).compose(found -> {
            Optional<BlobIndex.Entry> held = found.filter(BlobIndex.Entry::held);
            if (held.isEmpty()) {
                return Future.succeededFuture(Held.NOTHING);
            }
            return held.get().size() == upload.length()
                    ? condition(scope, sha256)
                    : Future.failedFuture(new ServerException(ErrorCode.HASH_MISMATCH));
        });
    }

    private Future<Held> condition(Scope scope, Sha256 sha256) {
        return blobs.find(scope, sha256)
                .map(Held.WHOLE)
                .recover(failure ->
                        failure instanceof ServerException refusal && refusal.code() == ErrorCode.BLOB_UNAVAILABLE
                                ? Future.succeededFuture(Held.DAMAGED)
                                : Future.failedFuture(failure));
    }

    private StoredUpload row(NewUpload upload, Held held) {
        boolean known = held == Held.WHOLE;
        return new StoredUpload(
                UUID.randomUUID().toString().replace("-", ""),
                upload.device().scope(),
                upload.device().deviceId(),
                upload.length(),
                known ? upload.length() : 0,
                upload.metadata(),
                upload.announced(),
                known ? upload.announced() : Optional.empty(),
                known ? State.KNOWN : State.OPEN,
                clock.millis() + ResumableUploadService.LIFETIME.toMillis(),
                0);
    }

    private Future<StoredUpload> add(StoredUpload upload, boolean takesRoom) {
        if (!takesRoom) {
            return store.create(upload, ResumableUploads.MAX_OPEN_PER_DEVICE, Optional.empty())
                    .onSuccess(added -> quotas.reserve(upload.scope(), upload.isPending() ? upload.length() : 0))
                    .map(upload);
        }
        return quotas.open(upload.scope())
                .compose(quota -> addWithRoom(upload, quota)
                        .onComplete(done -> {
                            quota.release();
                            quotas.close(upload.scope());
                        })
                        .map(upload));
    }

    private Future<Void> addWithRoom(StoredUpload upload, QuotaReservation quota) {
        if (!quota.take(upload.length())) {
            return Future.failedFuture(new ServerException(ErrorCode.QUOTA_EXCEEDED));
        }
        return store.create(upload, ResumableUploads.MAX_OPEN_PER_DEVICE, Optional.of(quotas.quota()))
                .onSuccess(added -> quota.settle());
    }
}
