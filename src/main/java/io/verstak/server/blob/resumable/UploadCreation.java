package io.verstak.server.blob.resumable;

import io.verstak.server.blob.BlobLookup;
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
public final class UploadCreation {
    private final UploadStore store;
    private final BlobIndex index;
    private final BlobLookup lookup;
    private final QuotaService quotas;
    private final UploadSweeper expiry;
    private final Clock clock;
    private final LongSupplier maxBlobBytes;

    /** What a scope holds of an announced blob. */
    private enum Held {
        NOTHING,
        DAMAGED,
        WHOLE
    }

    public UploadCreation(
            UploadStore store,
            BlobIndex index,
            BlobLookup lookup,
            QuotaService quotas,
            UploadSweeper expiry,
            Clock clock,
            LongSupplier maxBlobBytes) {
        this.store = store;
        this.index = index;
        this.lookup = lookup;
        this.quotas = quotas;
        this.expiry = expiry;
        this.clock = clock;
        this.maxBlobBytes = maxBlobBytes;
    }

    /** Implements {@link ResumableUploads#create}. */
    public Future<StoredUpload> create(NewUpload upload) {
        if (upload.length() > maxBlobBytes.getAsLong()) {
            return Future.failedFuture(new ServerException(ErrorCode.BLOB_TOO_LARGE));
        }
        return expiry.sweep()
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
        return lookup.find(scope, sha256)
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
                clock.millis() + ResumableUploadService.LIFETIME.toMillis());
    }

    private Future<StoredUpload> add(StoredUpload upload, boolean takesRoom) {
        if (!takesRoom) {
            return store.create(upload, ResumableUploads.MAX_OPEN_PER_DEVICE, Optional.empty())
                    .onSuccess(added -> quotas.reserve(upload.scope(), upload.isPending() ? upload.length() : 0))
                    .map(upload);
        }
        return quotas.open(upload.scope())
                .compose(allowance -> addWithRoom(upload, allowance)
                        .onComplete(done -> {
                            allowance.release();
                            quotas.close(upload.scope());
                        })
                        .map(upload));
    }

    private Future<Void> addWithRoom(StoredUpload upload, QuotaReservation allowance) {
        if (!allowance.take(upload.length())) {
            return Future.failedFuture(new ServerException(ErrorCode.QUOTA_EXCEEDED));
        }
        return store.create(upload, ResumableUploads.MAX_OPEN_PER_DEVICE, Optional.of(quotas.quota()))
                .onSuccess(added -> allowance.settle());
    }
}
