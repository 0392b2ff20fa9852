package io.verstak.server.blob;

import io.verstak.server.blob.BusBlobStore.Finished;
import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.BlobIndex;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes an upload: the file first, the row second. A crash in between leaves a file without a row, never a row
 * without a file. Runs on the blob verticle.
 */
public final class BlobCommit {
    private static final Logger LOG = LoggerFactory.getLogger(BlobCommit.class);

    private final BlobIndex index;
    private final BlobDisk disk;
    private final Supplier<BlobIndex.Quota> quota;
    private final KeyedMutex turns;
    private final Clock clock;

    public BlobCommit(BlobIndex index, BlobDisk disk, Supplier<BlobIndex.Quota> quota, KeyedMutex turns, Clock clock) {
        this.index = index;
        this.disk = disk;
        this.quota = quota;
        this.turns = turns;
        this.clock = clock;
    }

    /** Fails with {@code QUOTA_EXCEEDED}, {@code STORAGE_FULL} or {@code UNAVAILABLE}; nothing is left then. */
    public Future<StoredBlob> run(Finished upload) {
        return turns.run(upload.blob().sha256(), () -> store(upload))
                .map(added -> new StoredBlob(upload.blob(), added));
    }

    private Future<Boolean> store(Finished upload) {
        Scope scope = upload.ticket().scope();
        BlobReference blob = upload.blob();
        return index.find(scope, blob.sha256())
                .compose(known -> requireRoom(scope, blob, known).compose(room -> place(upload, known)))
                .recover(failure -> discard(upload).transform(gone -> Future.failedFuture(failure)))
                .compose(fileTime -> add(upload, fileTime));
    }

    private Future<Void> requireRoom(Scope scope, BlobReference blob, Optional<BlobIndex.Entry> known) {
        boolean held = known.map(BlobIndex.Entry::held).orElse(false);
        return held ? Future.succeededFuture() : index.requireRoom(scope, blob.size(), quota.get());
    }

    private Future<Long> place(Finished upload, Optional<BlobIndex.Entry> known) {
        return disk.write(() -> disk.finished()
                .place(
                        upload.file(),
                        upload.blob(),
                        known.map(BlobIndex.Entry::fileTime).orElse(null)));
    }

    private Future<Boolean> add(Finished upload, long fileTime) {
        Scope scope = upload.ticket().scope();
        return index.add(scope, upload.blob(), fileTime, quota.get(), clock.millis())
                .onSuccess(added -> {
                    if (added) {
                        upload.ticket().allowance().settle();
                    }
                })
                .recover(failure ->
                        removeUnnamed(scope, upload.blob().sha256()).transform(gone -> Future.failedFuture(failure)));
    }

    private Future<Void> discard(Finished upload) {
        return disk.write(() -> {
            Files.deleteIfExists(upload.file());
            return null;
        });
    }

    /** Removes the file after its row was refused, unless another scope holds it or that cannot be determined. */
    private Future<Void> removeUnnamed(Scope scope, Sha256 sha256) {
        return index.find(scope, sha256)
                .compose(known -> known.isPresent() ? Future.<Void>succeededFuture() : remove(sha256))
                .onFailure(failure -> LOG.warn("a file without a row stays behind: {}", sha256));
    }

    private Future<Void> remove(Sha256 sha256) {
        return disk.write(() -> {
            disk.finished().remove(sha256);
            return null;
        });
    }
}
