package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.blob.file.StagedFile;
import io.verstak.server.blob.file.StagedFiles;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.blob.ObjectIndex;
import io.verstak.server.storage.blob.StoredObject;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.security.MessageDigest;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs as objects of a bucket. An object has a random key, which is used once: nothing that is deleted can be what
 * another upload has just stored. The database says which object holds a blob. Uploads are staged in a folder of this
 * process.
 */
public final class S3BlobStore implements BlobBackend {
    private static final Logger LOG = LoggerFactory.getLogger(S3BlobStore.class);
    private static final int THREADS = 4;
    /** An upload that has not ended after this time has died. */
    private static final Duration DEAD = Duration.ofDays(1);

    private final Vertx vertx;
    private final S3Bucket bucket;
    private final ObjectIndex index;
    private final StagedFiles staging;
    private final WorkerExecutor threads;
    private final ObjectUpload uploads;
    private final ObjectInspector inspector;
    private final ObjectSweeper sweeper;
    private final ServerMark mark;
    private final Duration kept;
    private final String node;
    private final Clock clock;

    private S3BlobStore(
            Vertx vertx, S3Access access, ObjectIndex index, StagedFiles staging, String node, Clock clock) {
        this.vertx = vertx;
        this.bucket = S3Bucket.open(vertx, access);
        this.index = index;
        this.staging = staging;
        this.threads = vertx.createSharedWorkerExecutor("blob-s3", THREADS);
        this.uploads = new ObjectUpload(bucket, threads, access.partBytes());
        this.inspector = new ObjectInspector(vertx, bucket, index, threads, clock);
        this.sweeper = new ObjectSweeper(bucket, index);
        this.mark = new ServerMark(bucket, index, access);
        this.kept = Duration.ofDays(access.keepDeletedDays());
        this.node = node;
        this.clock = clock;
    }

    /**
     * Opens the store, and checks that the bucket is the server's and can be used. Fails with {@link StorageException}
     * in one line for a person.
     *
     * @param staging holds uploads before they are complete; is closed with the store
     * @param node the name of this process
     */
    public static Future<S3BlobStore> open(
            Vertx vertx, S3Access access, ObjectIndex index, StagedFiles staging, String node, Clock clock) {
        S3BlobStore store = new S3BlobStore(vertx, access, index, staging, node, clock);
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
        return mark.probe();
    }

    @Override
    public StagedBlob stage() {
        return staging.stage();
    }

    @Override
    public Future<StagedBlob> resume(
            String uploadId, long start, Optional<BlobDigest> known, Optional<MessageDigest> checksum) {
        return staging.resume(uploadId, start, known, checksum);
    }

    @Override
    public StagedBlob staged(String uploadId) {
        return staging.staged(uploadId);
    }

    /**
     * This is where a blob becomes durable. The row of the upload comes first: until it goes, nobody removes an object of
     * this blob, on any node, and a crash leaves it for the sweep. The object is stored next, then the row that names it.
     * A failed request may still reach the bucket, so its intent stays.
     */
    @Override
    public <T> Future<T> save(
            StagedBlob staged, BlobReference blob, @Nullable Long fileTime, Function<Long, Future<T>> row) {
        String random = ServerMark.random();
        String key = random.substring(0, 2) + "/" + random.substring(2, 4) + "/" + random;
        StagedFile file = (StagedFile) staged;
        return index.begin(key, blob.sha256(), node)
                .compose(present -> keepOrStore(file, key, blob, present))
                .compose(object -> file.discard().transform(gone -> row.apply(object.createdAt())))
                .transform(done -> (done.succeeded() || isRefusal(done.cause()) ? end(key) : Future.succeededFuture())
                        .transform(ended -> done.succeeded()
                                ? Future.succeededFuture(done.result())
                                : Future.failedFuture(done.cause())));
    }

    /** Nothing of a refused upload can still be on its way to the bucket. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ServerException refusal && refusal.code() != ErrorCode.UNAVAILABLE;
    }

    private Future<Void> end(String key) {
        return index.end(key)
                .onFailure(failure -> LOG.warn("an upload that has ended is removed in a day", failure))
                .otherwiseEmpty();
    }

    private Future<StoredObject> keepOrStore(
            StagedFile staged, String key, BlobReference blob, Optional<StoredObject> present) {
        return present.map(inspector::look)
                .orElseGet(() -> Future.succeededFuture(BlobVerdict.MISSING))
                .compose(verdict -> verdict == BlobVerdict.WHOLE
                        ? Future.succeededFuture(present.orElseThrow())
                        : staged.complete()
                                .compose(file -> file.isPresent() || blob.size() == 0
                                        ? store(file.orElse(null), key, blob, present)
                                        : present(blob, present)));
    }

    private Future<StoredObject> store(
            @Nullable Path file, String key, BlobReference blob, Optional<StoredObject> damaged) {
        return uploads.store(key, file, blob, uploadId -> index.inParts(key, uploadId))
                .recover(failure -> Future.failedFuture(S3Failures.ofWrite(failure)))
                .compose(etag -> index.put(
                        new StoredObject(key, blob, etag, clock.millis(), false),
                        damaged.map(StoredObject::key),
                        kept));
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

    @Override
    public Future<BlobContent> open(BlobReference blob) {
        return inspector
                .look(blob)
                .compose(verdict -> verdict.isDamage()
                        ? ErrorCode.BLOB_UNAVAILABLE.refuse()
                        : index.find(blob.sha256())
                                .compose(found -> found.isEmpty()
                                        ? ErrorCode.BLOB_UNAVAILABLE.refuse()
                                        : Future.succeededFuture(new S3Content(vertx, bucket, found.get()))));
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

    @Override
    public Future<Set<String>> recover(Set<String> uploadIds) {
        return staging.recover(uploadIds);
    }

    @Override
    public Future<Integer> dropStaged(long olderThan) {
        return staging.dropStaged(olderThan);
    }

    @Override
    public Future<Integer> countStaged() {
        return staging.countStaged();
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
