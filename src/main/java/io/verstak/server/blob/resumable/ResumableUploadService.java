package io.verstak.server.blob.resumable;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.KeyedMutex;
import io.verstak.server.blob.QuotaService;
import io.verstak.server.blob.ResumePoint;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.BlobIndex;
import io.verstak.server.storage.blob.StoredUpload;
import io.verstak.server.storage.blob.StoredUpload.State;
import io.verstak.server.storage.blob.UploadLockStore;
import io.verstak.server.storage.blob.UploadStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Opens resumable uploads for the connections that send to them, and closes them. Runs on the blob verticle. */
public final class ResumableUploadService implements ResumableUploads, ChunkLog {
    /** How long an upload is kept after its last bytes, and after its end. */
    static final Duration LIFETIME = Duration.ofHours(24);

    private static final int DIGESTS_KEPT = 10_000;

    private final UploadStore store;
    private final BlobBackend backend;
    private final QuotaService quotas;
    private final FairPool<String> slots;
    private final UploadLocks locks;
    private final UploadFinalizer finalizer;
    private final UploadSweeper sweeper;
    private final UploadCreation creation;
    private final Clock clock;
    private final ChunkLog log;
    /** Digests that need not be computed again. A missing one costs time, nothing else. */
    private final Cache<String, BlobDigest> digests =
            Caffeine.newBuilder().maximumSize(DIGESTS_KEPT).build();

    /**
     * @param bus brings the ends of chunks back to this service
     * @param mutex serializes work on the same blob
     * @param shared the locks of all nodes, if they share the bytes of uploads
     */
    public ResumableUploadService(
            Vertx vertx,
            Bus bus,
            UploadStore store,
            BlobIndex index,
            BlobStore blobs,
            BlobBackend backend,
            QuotaService quotas,
            FairPool<String> slots,
            KeyedMutex mutex,
            Optional<UploadLockStore> shared,
            LongSupplier maxBlobBytes,
            Clock clock) {
        this.store = store;
        this.backend = backend;
        this.quotas = quotas;
        this.slots = slots;
        this.clock = clock;
        this.log = bus.client(ChunkLog.class);
        this.locks = new UploadLocks(vertx, shared.map(nodes -> new SharedLocks(vertx, nodes)));
        this.finalizer = new UploadFinalizer(store, index, backend, quotas, mutex, clock);
        this.sweeper = new UploadSweeper(store, backend, locks, finalizer, clock);
        this.creation = new UploadCreation(store, index, blobs, quotas, sweeper, clock, maxBlobBytes);
    }

    /** Begins to renew locks. Runs on the context on which uploads are served, before anything else. */
    public void start() {
        locks.start();
    }

    /** Finishes what a crash has interrupted. Runs before uploads are served. */
    public Future<Void> recover() {
        return sweeper.recover().compose(recovered -> sweeper.sweep());
    }

    /** Removes some expired uploads; failures are only logged. */
    public Future<Void> sweep() {
        return sweeper.sweep();
    }

    /** Serves its contracts on the calling verticle's context. */
    public Future<?> serve(Bus bus) {
        return Future.all(bus.serve(ResumableUploads.class, this), bus.serve(ChunkLog.class, this));
    }

    /** An upload without bytes is complete as soon as it is created. */
    @Override
    public Future<UploadStatus> create(NewUpload upload) {
        return creation.create(upload)
                .compose(created -> created.length() > 0 || created.isFinished()
                        ? Future.succeededFuture(created)
                        : resume(created, Optional.empty())
                                .compose(staged -> staged.close(true)
                                        .compose(stored -> settle(created, new End(stored, staged.digest())))))
                .map(UploadStatus::of);
    }

    @Override
    public Future<UploadChunk> append(Scope scope, String id, ChunkOpening chunk) {
        Optional<Lease> slot = slots.lease(scope.userId(), 1);
        if (slot.isEmpty()) {
            return refuse(ErrorCode.UNAVAILABLE);
        }
        return locks.take(id, chunk.interrupt())
                .compose(lock -> open(scope, id, chunk, lock)
                        .compose(upload -> open(new OpenUpload(upload, lock, slot.get()), chunk))
                        .onFailure(refused -> lock.release()))
                .onFailure(refused -> slot.get().close());
    }

    private Future<StoredUpload> open(Scope scope, String id, ChunkOpening chunk, UploadLocks.Lock lock) {
        return require(scope, id, lock)
                .compose(this::finishIfWhole)
                .compose(upload -> isSentAfterAll(upload, chunk) ? reopen(upload) : Future.succeededFuture(upload))
                .compose(upload -> {
                    if (chunk.offset() != upload.stored()) {
                        return refuse(ErrorCode.CONFLICT);
                    }
                    return chunk.length() > upload.length() - upload.stored()
                            ? refuse(ErrorCode.REQUEST_TOO_LARGE)
                            : Future.succeededFuture(upload);
                });
    }

    private Future<UploadChunk> open(OpenUpload open, ChunkOpening chunk) {
        StoredUpload upload = open.upload();
        if (upload.isFinished()) {
            return leave(open)
                    .map(left -> new ChunkWriter(log, open, backend.staged(upload.id()), chunk, Optional.empty()));
        }
        Optional<MessageDigest> checksum = chunk.checksum().map(ChunkChecksum::newDigest);
        return resume(upload, checksum).map(staged -> new ChunkWriter(log, open, staged, chunk, checksum));
    }

    private Future<StagedBlob> resume(StoredUpload upload, Optional<MessageDigest> checksum) {
        Optional<BlobDigest> known = Optional.ofNullable(digests.getIfPresent(upload.id()))
                .filter(digest -> digest.length() == upload.stored());
        return backend.resume(new ResumePoint(
                        upload.id(), upload.length(), upload.stored(), upload.generation(), known, checksum))
                .recover(failure -> failure instanceof ServerException refusal && refusal.code() == ErrorCode.NOT_FOUND
                        ? finalizer.remove(upload).compose(gone -> Future.failedFuture(failure))
                        : Future.failedFuture(failure));
    }

    private Future<Void> leave(OpenUpload open) {
        open.slot().close();
        return open.lock().release();
    }

    /**
     * Some clients ignore the offset of an upload they have just created: they may send bytes that the scope holds
     * already.
     */
    private static boolean isSentAfterAll(StoredUpload upload, ChunkOpening chunk) {
        return upload.state() == State.KNOWN && chunk.offset() == 0 && upload.length() > 0;
    }

    private Future<StoredUpload> reopen(StoredUpload known) {
        return store.reopen(known).map(reopened -> {
            quotas.reserve(known.scope(), known.length());
            return known.reopened();
        });
    }

    @Override
    public Future<Void> keep(StoredUpload upload, long stored) {
        return store.keep(upload, stored, expiry());
    }

    @Override
    public Future<UploadStatus> close(OpenUpload open, End end) {
        return settle(open.upload(), end).eventually(() -> leave(open)).map(UploadStatus::of);
    }

    private Future<StoredUpload> settle(StoredUpload upload, End end) {
        Optional<BlobDigest> digest = end.digest();
        if (end.stored() == upload.length() && digest.isPresent()) {
            digests.invalidate(upload.id());
            return finalizer.complete(upload, digest.get().blob().sha256());
        }
        if (end.stored() == upload.length() && backend.sharesStaged()) {
            return finalizer.read(upload);
        }
        digest.ifPresentOrElse(known -> digests.put(upload.id(), known), () -> digests.invalidate(upload.id()));
        long expiresAt = expiry();
        long stored = Math.min(end.stored(), upload.length() - 1);
        return store.keep(upload, stored, expiresAt).map(kept -> upload.withStored(stored, expiresAt));
    }

    @Override
    public Future<UploadStatus> find(Scope scope, String id) {
        return locks.settled(id)
                .compose(settled -> require(scope, id))
                .compose(upload -> isWhole(upload)
                        ? locks.take(id)
                                .compose(lock -> require(scope, id, lock)
                                        .compose(this::finishIfWhole)
                                        .eventually(lock::release))
                        : Future.succeededFuture(upload))
                .map(UploadStatus::of);
    }

    private static boolean isWhole(StoredUpload upload) {
        return upload.state() == State.SEALED || upload.isUnread();
    }

    private Future<StoredUpload> finishIfWhole(StoredUpload upload) {
        if (upload.isUnread()) {
            return finalizer.read(upload);
        }
        return upload.state() == State.SEALED ? finalizer.finish(upload) : Future.succeededFuture(upload);
    }

    @Override
    public Future<Void> remove(Scope scope, String id) {
        return require(scope, id)
                .compose(known -> locks.seize(id)
                        .compose(lock -> require(scope, id, lock)
                                .compose(finalizer::remove)
                                .eventually(lock::release)));
    }

    /** Reads an upload whose lock was taken. */
    private Future<StoredUpload> require(Scope scope, String id, UploadLocks.Lock lock) {
        return require(scope, id)
                .compose(upload ->
                        lock.covers(upload) ? Future.succeededFuture(upload) : refuse(ErrorCode.UPLOAD_LOCKED));
    }

    private Future<StoredUpload> require(Scope scope, String id) {
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
