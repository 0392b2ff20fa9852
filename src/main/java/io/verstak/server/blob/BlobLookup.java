package io.verstak.server.blob;

import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.blob.file.BlobFile;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.BlobIndex;
import io.verstak.server.storage.blob.BlobRepository;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the files of blobs that a scope may read. Writes nothing, so that a full disk stops no download. */
public final class BlobLookup {
    private static final Logger LOG = LoggerFactory.getLogger(BlobLookup.class);

    private final BlobIndex index;
    private final BlobRepository care;
    private final Clock clock;
    private final BlobDisk disk;
    private final KeyedMutex turns;

    public BlobLookup(BlobIndex index, BlobRepository care, BlobDisk disk, KeyedMutex turns, Clock clock) {
        this.care = care;
        this.clock = clock;
        this.index = index;
        this.disk = disk;
        this.turns = turns;
    }

    /** Fails with {@code BLOB_NOT_FOUND} or {@code BLOB_UNAVAILABLE}, as described at {@link BlobStore#find}. */
    public Future<BlobFile> find(Scope scope, Sha256 sha256) {
        return index.find(scope, sha256)
                .compose(found -> found.filter(BlobIndex.Entry::held)
                        .map(entry -> whole(new BlobReference(sha256, entry.size()), entry.fileTime()))
                        .orElseGet(() -> Future.failedFuture(new ServerException(ErrorCode.BLOB_NOT_FOUND))));
    }

    /** Implements {@link BlobStore#missing}. Reads no file: a download judges the bytes of a suspicious one. */
    public Future<List<Sha256>> missing(Scope scope, List<Sha256> blobs) {
        Set<Sha256> asked = new LinkedHashSet<>(blobs);
        return index.held(scope, asked)
                .compose(held -> disk.read(() -> asked.stream()
                        .filter(sha256 -> !isThere(sha256, held.get(sha256)))
                        .toList()));
    }

    private boolean isThere(Sha256 sha256, BlobIndex.@Nullable Entry held) {
        return held != null
                && !disk.finished().isKnownToBeLost(new BlobReference(sha256, held.size()), held.fileTime());
    }

    private Future<BlobFile> whole(BlobReference blob, long fileTime) {
        return disk.read(() -> disk.finished().condition(blob, fileTime))
                .compose(condition -> switch (condition) {
                    case WHOLE -> Future.succeededFuture(true);
                    case LOST -> Future.succeededFuture(false);
                    case DOUBTFUL ->
                        turns.run(
                                blob.sha256(),
                                () -> disk.read(() -> disk.finished().isWhole(blob)));
                })
                .compose(whole -> whole ? Future.succeededFuture(disk.finished().file(blob)) : refuse(blob));
    }

    /** Records the damage after the answer, so that a full disk delays nobody. The scrub finds it as well. */
    private Future<BlobFile> refuse(BlobReference blob) {
        care.markDamaged(blob.sha256(), clock.millis())
                .onFailure(failure -> LOG.warn("that blob {} is damaged could not be noted", blob.sha256()));
        LOG.error("blob {} is damaged or missing; the next upload of it repairs it", blob.sha256());
        return Future.failedFuture(new ServerException(ErrorCode.BLOB_UNAVAILABLE));
    }
}
