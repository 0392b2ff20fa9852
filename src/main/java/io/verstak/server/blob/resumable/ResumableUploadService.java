package io.verstak.server.blob.resumable;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.blob.QuotaService;
import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.blob.file.RunningDigest;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.StoredUpload;
import io.verstak.server.storage.blob.StoredUpload.State;
import io.verstak.server.storage.blob.UploadStore;
import io.vertx.core.Future;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Opens resumable uploads for the connections that send to them, and closes them. Runs on the blob verticle. */
public final class ResumableUploadService {
    /** How long an upload is kept after its last bytes, and after its end. */
    static final Duration LIFETIME = Duration.ofHours(24);

    private static final int DIGESTS_KEPT = 10_000;

    private final UploadStore store;
    private final BlobDisk disk;
    private final QuotaService quotas;
    private final FairPool<String> slots;
    private final UploadLocks locks;
    private final UploadFinalizer end;
    private final Clock clock;
    /** Digests that need not be computed again. A missing one costs time, nothing else. */
    private final Cache<String, RunningDigest> digests =
            Caffeine.newBuilder().maximumSize(DIGESTS_KEPT).build();

    public record Open(Scope scope, String id, ChunkOpening part, UploadSender handle) {}

    /** @param file positioned at the chunk's beginning; empty when the upload is complete */
    public record Opened(StoredUpload upload, Optional<ChunkFile> file, UploadLocks.Lock lock, Lease slot) {}

    public record Keep(String id, long stored) {}

    public record Close(Opened part, ChunkFile.End end) {}

    public ResumableUploadService(
            UploadStore store,
            BlobDisk disk,
            QuotaService quotas,
            FairPool<String> slots,
            UploadLocks locks,
            UploadFinalizer end,
            Clock clock) {
        this.store = store;
        this.disk = disk;
        this.quotas = quotas;
        this.slots = slots;
        this.locks = locks;
        this.end = end;
        this.clock = clock;
    }

    /** An upload without bytes is complete as soon as it is created. */
    public Future<UploadStatus> begin(StoredUpload created) {
        if (created.length() > 0 || created.isFinished()) {
            return Future.succeededFuture(UploadStatus.of(created));
        }
        return disk.write(() -> file(created, Optional.empty()).finish())
                .compose(ended -> settle(created, ended))
                .map(UploadStatus::of);
    }

    /** Implements {@link ResumableUploads#append}. The caller must close an upload that was opened with a file. */
    public Future<Opened> open(Open open) {
        Optional<Lease> free = slots.lease(open.scope().userId(), 1);
        if (free.isEmpty()) {
            return refuse(ErrorCode.UNAVAILABLE);
        }
        Lease slot = free.get();
        return locks.take(open.id(), open.handle())
                .compose(lock -> open(open, lock, slot).onFailure(refused -> lock.release()))
                .onFailure(refused -> slot.close())
                .onSuccess(opened -> {
                    if (opened.file().isEmpty()) {
                        leave(opened);
                    }
                });
    }

    private Future<Opened> open(Open open, UploadLocks.Lock lock, Lease slot) {
        return find(open.scope(), open.id())
                .compose(upload -> upload.state() == State.SEALED ? end.finish(upload) : Future.succeededFuture(upload))
                .compose(
                        upload -> isSentAfterAll(upload, open.part()) ? reopen(upload) : Future.succeededFuture(upload))
                .compose(upload -> openFile(upload, open.part()).map(file -> new Opened(upload, file, lock, slot)))
                .compose(opened -> open.handle().isAbandoned() ? giveUp(opened) : Future.succeededFuture(opened));
    }

    /** The caller has stopped waiting. */
    private Future<Opened> giveUp(Opened opened) {
        return disk.write(() -> opened.file().isPresent() ? opened.file().get().breakOff() : null)
                .compose(closed -> refuse(ErrorCode.UNAVAILABLE));
    }

    private void leave(Opened opened) {
        opened.lock().release();
        opened.slot().close();
    }

    /**
     * Some clients ignore the offset of an upload they have just created: they may send bytes that the scope holds
     * already.
     */
    private static boolean isSentAfterAll(StoredUpload upload, ChunkOpening part) {
        return upload.state() == State.KNOWN && part.offset() == 0 && upload.length() > 0;
    }

    private Future<StoredUpload> reopen(StoredUpload known) {
        return store.reopen(known).map(reopened -> {
            quotas.reserve(known.scope(), known.length());
            return known.reopened();
        });
    }

    private Future<Optional<ChunkFile>> openFile(StoredUpload upload, ChunkOpening part) {
        if (part.offset() != upload.stored()) {
            return refuse(ErrorCode.CONFLICT);
        }
        if (part.length() > upload.length() - upload.stored()) {
            return refuse(ErrorCode.REQUEST_TOO_LARGE);
        }
        if (upload.isFinished()) {
            return Future.succeededFuture(Optional.empty());
        }
        return disk.write(() -> {
                    try {
                        return Optional.of(file(upload, part.checksum()));
                    } catch (NoSuchFileException | EOFException lost) {
                        return Optional.<ChunkFile>empty();
                    }
                })
                .compose(file -> file.isPresent()
                        ? Future.succeededFuture(file)
                        : end.remove(upload).compose(gone -> refuse(ErrorCode.NOT_FOUND)));
    }

    private ChunkFile file(StoredUpload upload, Optional<ChunkChecksum> checksum) throws IOException {
        Optional<RunningDigest> known = Optional.ofNullable(digests.getIfPresent(upload.id()))
                .filter(digest -> digest.length() == upload.stored());
        return ChunkFile.open(disk.partFile(upload.id()), disk.durability(), upload.stored(), known, checksum);
    }

    /** Records that this many bytes of an open upload are durable: a crash does not lose them. */
    public Future<Void> keep(Keep keep) {
        return store.keep(keep.id(), keep.stored(), expiry());
    }

    public Future<UploadStatus> close(Close close) {
        Opened part = close.part();
        return settle(part.upload(), close.end())
                .onComplete(done -> leave(part))
                .map(UploadStatus::of);
    }

    private Future<StoredUpload> settle(StoredUpload upload, ChunkFile.End ended) {
        Optional<RunningDigest> digest = ended.digest();
        if (ended.offset() == upload.length() && digest.isPresent()) {
            digests.invalidate(upload.id());
            return end.complete(upload, digest.get().value());
        }
        digest.ifPresentOrElse(known -> digests.put(upload.id(), known), () -> digests.invalidate(upload.id()));
        long expiresAt = expiry();
        long stored = Math.min(ended.offset(), upload.length() - 1);
        return store.keep(upload.id(), stored, expiresAt).map(kept -> upload.withStored(stored, expiresAt));
    }

    /** Implements {@link ResumableUploads#find}. */
    public Future<UploadStatus> status(Scope scope, String id) {
        return locks.settled(id)
                .compose(settled -> find(scope, id))
                .compose(upload -> upload.state() == State.SEALED ? finish(scope, id) : Future.succeededFuture(upload))
                .map(UploadStatus::of);
    }

    private Future<StoredUpload> finish(Scope scope, String id) {
        return locks.take(id, UploadSender.ofServer())
                .compose(lock -> find(scope, id)
                        .compose(upload ->
                                upload.state() == State.SEALED ? end.finish(upload) : Future.succeededFuture(upload))
                        .onComplete(done -> lock.release()));
    }

    /** Implements {@link ResumableUploads#remove}. */
    public Future<Void> remove(Scope scope, String id) {
        return find(scope, id)
                .compose(known -> locks.seize(id, UploadSender.ofServer())
                        .compose(lock -> find(scope, id).compose(end::remove).onComplete(done -> lock.release())));
    }

    private Future<StoredUpload> find(Scope scope, String id) {
        return store.find(scope, id, clock.millis())
                .compose(found -> found.map(Future::succeededFuture).orElseGet(() -> refuse(ErrorCode.NOT_FOUND)));
    }

    private long expiry() {
        return clock.millis() + LIFETIME.toMillis();
    }

    private static <T> Future<T> refuse(ErrorCode code) {
        return Future.failedFuture(new ServerException(code));
    }
}
