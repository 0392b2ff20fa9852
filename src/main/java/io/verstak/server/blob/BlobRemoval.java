package io.verstak.server.blob;

import io.verstak.server.blob.BlobGarbageCollector.Reclaim;
import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.BlobRepository;
import io.vertx.core.Future;
import java.util.Set;

/**
 * Deletes blobs, serialized with their uploads. The row goes first: a crash in between leaves a file without a row,
 * which the garbage collection finds. Runs on the blob verticle.
 */
public final class BlobRemoval {
    private final BlobRepository care;
    private final BlobDisk disk;
    private final KeyedMutex turns;

    public BlobRemoval(BlobRepository care, BlobDisk disk, KeyedMutex turns) {
        this.care = care;
        this.disk = disk;
        this.turns = turns;
    }

    /** Returns whether the blob was deleted; it is kept if it was uploaded again. */
    public Future<Boolean> reclaim(Reclaim reclaim) {
        return turns.run(
                reclaim.sha256(),
                () -> care.forget(reclaim.sha256(), reclaim.unreferencedSince())
                        .compose(forgotten -> forgotten ? remove(reclaim.sha256()) : Future.succeededFuture(false)));
    }

    /** Returns whether the file was deleted; it is kept if it has a row by now. */
    public Future<Boolean> dropStray(Sha256 sha256) {
        return turns.run(
                sha256,
                () -> care.known(Set.of(sha256))
                        .compose(known -> known.isEmpty() ? remove(sha256) : Future.succeededFuture(false)));
    }

    private Future<Boolean> remove(Sha256 sha256) {
        return disk.write(() -> {
            disk.finished().remove(sha256);
            return true;
        });
    }
}
