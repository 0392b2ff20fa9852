package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.ResumePoint;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.blob.file.StagedFiles;
import io.verstak.server.blob.s3.ObjectSource.Stored;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.blob.ObjectIndex;
import io.verstak.server.storage.blob.StoredObject;
import io.verstak.server.storage.blob.UploadPartStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Blobs as objects of a bucket. An object has a random key, which is used once: nothing that is deleted can be what
 * another upload has just stored. The database says which object holds a blob. The bytes of uploads go to the bucket as they come; a folder
 * of this process has those of the last parts.
 */
public final class S3BlobStore implements BlobBackend {
    private static final int THREADS = 4;
    /** An upload that has not ended after this time has died. */
    private static final Duration DEAD = Duration.ofDays(1);

    private final Vertx vertx;
    private final S3Bucket bucket;
    private final ObjectIndex index;
    private final StagedFiles staging;
    private final WorkerExecutor threads;
    private final ObjectPlaces places;
    private final LocalUploads localUploads;
    private final ObjectInspector inspector;
    private final ObjectSweeper sweeper;
    private final ServerMark mark;
    private final Duration kept;
    private final Clock clock;

    private S3BlobStore(
            Vertx vertx, S3Access access, Database database, StagedFiles staging, String node, Clock clock) {
        this.vertx = vertx;
        this.bucket = S3Bucket.open(vertx, access);
        this.index = new ObjectIndex(database);
        this.staging = staging;
        this.threads = vertx.createSharedWorkerExecutor("blob-s3", THREADS);
        this.places = new ObjectPlaces(
                bucket,
                new ObjectUpload(bucket),
                index,
                new UploadPartStore(database),
                staging,
                access.partBytes(),
                node);
        this.localUploads = new LocalUploads(places, threads);
        this.inspector = new ObjectInspector(bucket, index, threads, clock);
        this.sweeper = new ObjectSweeper(places);
        this.mark = new ServerMark(bucket, index, access);
        this.kept = Duration.ofDays(access.keepDeletedDays());
        this.clock = clock;
    }

    /**
     * Opens the store, and checks that the bucket is the server's and can be used. Fails with {@link StorageException}
     * in one line for a person.
     *
     * @param staging has parts of uploads until the bucket has them; is closed with the store
     * @param node the name of this process
     */
    public static Future<S3BlobStore> open(
            Vertx vertx, S3Access access, Database database, StagedFiles staging, String node, Clock clock) {
        S3BlobStore store = new S3BlobStore(vertx, access, database, staging, node, clock);
        return store.mark
                .require(clock.millis())
                .compose(own -> store.probe())
                .map(store)
                .recover(failure ->
                        store.close().transform(closed -> Future.failedFuture(store.mark.cannotBeUsed(failure))));
    }

    /** Fails when the bucket does not store, return and delete an object. */
    @Override
    public Future<Void> probe() {
        return mark.probe().recover(failure -> Future.failedFuture(mark.cannotBeUsed(failure)));
    }

    @Override
    public StagedBlob stage() {
        return new OnePieceUpload(places);
    }

    @Override
    public boolean sharesStaged() {
        return true;
    }

    @Override
    public Future<StagedBlob> resume(ResumePoint point) {
        return ResumedUpload.open(places, point);
    }

    @Override
    public StagedBlob staged(String uploadId) {
        return new StoredParts(places, uploadId);
    }

    @Override
    public Future<Sha256> read(String uploadId, long length) {
        return new StoredParts(places, uploadId).read(length, key -> inspector.digest(key, length));
    }

    /**
     * This is where a blob becomes durable. The intent of the upload comes first: until it goes, nobody removes an object of
     * this blob, on any node, and a crash leaves it for the sweep. The object is stored next, then the row that names it.
     * A failed request may still reach the bucket, so its intent stays.
     */
    @Override
    public <T> Future<T> save(
            StagedBlob staged, BlobReference blob, @Nullable Long fileTime, Function<Long, Future<T>> row) {
        ObjectSource source = (ObjectSource) staged;
        return source.announce(blob.sha256())
                .compose(present -> keepOrStore(source, blob, present))
                .compose(object -> row.apply(object.createdAt()))
                .compose(result -> source.forget().map(result))
                .transform(done -> (done.succeeded() || isRefusal(done.cause())
                                ? source.ended()
                                : Future.succeededFuture())
                        .transform(ended -> done.succeeded()
                                ? Future.succeededFuture(done.result())
                                : Future.failedFuture(done.cause())));
    }

    /** Nothing of a refused upload can still be on its way to the bucket. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ServerException refusal && refusal.code() != ErrorCode.UNAVAILABLE;
    }

    private Future<StoredObject> keepOrStore(ObjectSource source, BlobReference blob, Optional<StoredObject> present) {
        return present.map(inspector::look)
                .orElseGet(() -> Future.succeededFuture(BlobVerdict.MISSING))
                .compose(verdict -> verdict == BlobVerdict.WHOLE
                        ? Future.succeededFuture(present.orElseThrow())
                        : source.complete(blob)
                                .compose(stored -> stored.isPresent()
                                        ? put(stored.get(), blob, present)
                                        : present(blob, present)));
    }

    private Future<StoredObject> put(Stored stored, BlobReference blob, Optional<StoredObject> damaged) {
        return index.put(
                new StoredObject(stored.key(), blob, stored.etag(), clock.millis(), false),
                damaged.map(StoredObject::key),
                kept);
    }

    /** There are no bytes to store: what is there has to be whole. */
    private Future<StoredObject> present(BlobReference blob, Optional<StoredObject> present) {
        return inspector
                .judge(blob)
                .compose(verdict -> verdict == BlobVerdict.WHOLE && present.isPresent()
                        ? Future.succeededFuture(present.get())
                        : ErrorCode.BLOB_UNAVAILABLE.refuse());
    }

    @Override
    public Future<BlobVerdict> look(BlobReference blob, @Nullable Long fileTime) {
        return inspector.look(blob);
    }

    @Override
    public Future<BlobVerdict> judge(BlobReference blob) {
        return inspector.judge(blob);
    }

    @Override
    public Future<Set<Sha256>> knownLost(Map<BlobReference, Long> fileTimes) {
        Set<Sha256> asked =
                fileTimes.keySet().stream().map(BlobReference::sha256).collect(Collectors.toSet());
        return index.whole(asked).map(whole -> {
            Set<Sha256> lost = new HashSet<>(asked);
            lost.removeAll(whole);
            return lost;
        });
    }

    /** What the database says: a read finds what the bucket has lost. */
    @Override
    public Future<BlobVerdict> known(BlobReference blob, @Nullable Long fileTime) {
        return index.find(blob.sha256()).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(BlobVerdict.MISSING);
            }
            StoredObject object = found.get();
            if (!object.blob().equals(blob)) {
                return Future.succeededFuture(BlobVerdict.WRONG_SIZE);
            }
            return object.lost() ? inspector.look(object) : Future.succeededFuture(BlobVerdict.WHOLE);
        });
    }

    @Override
    public Future<BlobContent> open(BlobReference blob) {
        return known(blob, null)
                .compose(
                        verdict -> verdict.isDamage() ? ErrorCode.BLOB_UNAVAILABLE.refuse() : index.find(blob.sha256()))
                .compose(found -> found.isEmpty()
                        ? ErrorCode.BLOB_UNAVAILABLE.refuse()
                        : Future.succeededFuture(new S3Content(vertx, bucket, inspector, found.get())));
    }

    @Override
    public BlobVerdict check(BlobReference blob, LongConsumer progress) {
        return inspector.check(blob, progress);
    }

    /** The object stays for some days, and the row goes: a restored database finds its objects. */
    @Override
    public Future<Void> remove(Sha256 sha256) {
        return index.remove(sha256, kept, DEAD);
    }

    @Override
    public Future<Boolean> quarantine(BlobReference blob) {
        return inspector.quarantine(blob, kept);
    }

    /** Uploads of other nodes are among them. What has no upload is removed by the sweep. */
    @Override
    public Future<Set<String>> recover(Set<String> uploadIds) {
        return staging.recover(uploadIds).compose(localUploads::take);
    }

    @Override
    public Future<Integer> dropStaged(long olderThan) {
        return staging.dropStaged(olderThan);
    }

    @Override
    public Future<Integer> countStaged() {
        return staging.countStaged().compose(here -> places.parts().count().map(there -> here + there));
    }

    @Override
    public Future<List<Sha256>> olderThan(int part, long time) {
        return index.olderThan(part, time);
    }

    @Override
    public Future<Integer> sweep() {
        return sweeper.sweep(DEAD);
    }

    @Override
    public Future<Void> close() {
        return staging.close()
                .transform(closed -> threads.executeBlocking(() -> {
                    bucket.close();
                    return null;
                }))
                .transform(closed -> threads.close());
    }
}
