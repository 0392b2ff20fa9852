package io.verstak.server.blob.s3;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.s3.S3Bucket.Seen;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.blob.ObjectIndex;
import io.verstak.server.storage.blob.StoredObject;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the objects of blobs. One whose size and etag are those of its upload counts as whole; any other must be read.
 * Safe for any thread.
 */
final class ObjectInspector {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectInspector.class);
    private static final int VERDICTS_KEPT = 10_000;
    private static final int PIECE_BYTES = 1 << 20;

    private final S3Bucket bucket;
    private final ObjectIndex index;
    private final WorkerExecutor threads;
    private final Clock clock;
    private final Cache<String, Judgement> judgements =
            Caffeine.newBuilder().maximumSize(VERDICTS_KEPT).build();

    private record Judgement(String etag, BlobVerdict verdict) {}

    /** The result of an inspection. {@code object} is null if there is none, {@code seen} if the bucket did not answer. */
    private record Inspection(
            BlobVerdict verdict,
            @Nullable StoredObject object,
            @Nullable Seen seen) {}

    /** @param threads for what blocks */
    ObjectInspector(S3Bucket bucket, ObjectIndex index, WorkerExecutor threads, Clock clock) {
        this.bucket = bucket;
        this.index = index;
        this.threads = threads;
        this.clock = clock;
    }

    /** Judges a blob without reading it. */
    Future<BlobVerdict> look(BlobReference blob) {
        return inspect(blob).map(Inspection::verdict);
    }

    /** Judges an object without reading it. */
    Future<BlobVerdict> look(StoredObject object) {
        return inspect(object).map(Inspection::verdict);
    }

    private Future<Inspection> inspect(BlobReference blob) {
        return index.find(blob.sha256()).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(new Inspection(BlobVerdict.MISSING, null, null));
            }
            return found.get().blob().equals(blob)
                    ? inspect(found.get())
                    : Future.succeededFuture(new Inspection(BlobVerdict.WRONG_SIZE, found.get(), null));
        });
    }

    private Future<Inspection> inspect(StoredObject object) {
        return bucket.surely(object.key())
                .compose(seen -> {
                    BlobVerdict verdict = verdict(object, seen);
                    Inspection inspection = new Inspection(verdict, object, seen.orElse(null));
                    return verdict.isDamage() ? lost(object).map(inspection) : Future.succeededFuture(inspection);
                })
                .recover(failure -> {
                    LOG.warn("blob {} cannot be inspected: {}", object.blob().sha256(), S3Failures.text(failure));
                    return Future.succeededFuture(new Inspection(BlobVerdict.UNKNOWN, object, null));
                });
    }

    private static BlobVerdict verdict(StoredObject object, Optional<Seen> seen) {
        if (seen.isEmpty()) {
            return BlobVerdict.MISSING;
        }
        if (seen.get().size() != object.blob().size()) {
            return BlobVerdict.WRONG_SIZE;
        }
        return object.lost() || !seen.get().etag().equals(object.etag()) ? BlobVerdict.UNKNOWN : BlobVerdict.WHOLE;
    }

    private Future<Void> lost(StoredObject object) {
        if (object.lost()) {
            return Future.succeededFuture();
        }
        LOG.error(
                "the object of blob {} is damaged or missing; the next upload of the blob repairs it",
                object.blob().sha256());
        return index.markLost(object, clock.millis()).otherwiseEmpty();
    }

    /** Judges a blob by its bytes, which are read unless they have been since the object last changed. */
    Future<BlobVerdict> judge(BlobReference blob) {
        return inspect(blob).compose(inspection -> {
            StoredObject object = inspection.object();
            Seen seen = inspection.seen();
            if (inspection.verdict() != BlobVerdict.UNKNOWN || object == null || seen == null) {
                return Future.succeededFuture(inspection.verdict());
            }
            Judgement known = judgements.getIfPresent(object.key());
            return known != null && known.etag().equals(seen.etag())
                    ? Future.succeededFuture(known.verdict())
                    : threads.executeBlocking(() -> read(object, bytes -> {}), false)
                            .compose(verdict -> judged(object, seen, verdict));
        });
    }

    /** Returns an object under the name that the bucket has for it now, if its bytes are right. Fails with {@code BLOB_UNAVAILABLE}. */
    Future<StoredObject> confirmed(StoredObject object) {
        return judge(object.blob())
                .compose(verdict -> verdict == BlobVerdict.WHOLE
                        ? index.find(object.blob().sha256())
                        : ErrorCode.BLOB_UNAVAILABLE.refuse())
                .compose(found -> found.map(Future::succeededFuture).orElseGet(ErrorCode.BLOB_UNAVAILABLE::refuse));
    }

    private Future<BlobVerdict> judged(StoredObject object, Seen seen, BlobVerdict verdict) {
        if (verdict == BlobVerdict.UNKNOWN) {
            return Future.succeededFuture(verdict);
        }
        judgements.put(object.key(), new Judgement(seen.etag(), verdict));
        return verdict.isDamage()
                ? lost(object).map(verdict)
                : index.markWhole(object, seen.etag()).otherwiseEmpty().map(verdict);
    }

    /**
     * Reads a whole object. One that looks damaged is read twice. Blocks.
     *
     * @param progress receives the number of bytes of each piece read; may wait, and may throw to stop
     */
    BlobVerdict check(BlobReference blob, LongConsumer progress) {
        return inspectBytes(blob, progress).verdict();
    }

    /** Blocks. */
    private Inspection inspectBytes(BlobReference blob, LongConsumer progress) {
        Inspection inspection;
        try {
            inspection = S3Content.get(inspect(blob).toCompletionStage().toCompletableFuture());
        } catch (IOException unknown) {
            return new Inspection(BlobVerdict.UNKNOWN, null, null);
        }
        StoredObject object = inspection.object();
        Seen seen = inspection.seen();
        if (inspection.verdict().isDamage() || object == null || seen == null) {
            return inspection;
        }
        BlobVerdict first = read(object, progress);
        BlobVerdict verdict = first.isDamage() ? read(object, bytes -> {}) : first;
        judged(object, seen, verdict)
                .onFailure(failure -> LOG.warn("what blob {} looks like is not recorded", blob.sha256(), failure));
        return new Inspection(verdict, object, seen);
    }

    /** Blocks. */
    private BlobVerdict read(StoredObject object, LongConsumer progress) {
        BlobReference blob = object.blob();
        try {
            return digest(object.key(), blob.size(), progress).blob().equals(blob)
                    ? BlobVerdict.WHOLE
                    : BlobVerdict.WRONG_BYTES;
        } catch (IOException unreadable) {
            LOG.warn("blob {} cannot be read: {}", blob.sha256(), S3Failures.text(unreadable));
            return BlobVerdict.UNKNOWN;
        }
    }

    /** Blocks. */
    private BlobDigest digest(String key, long size, LongConsumer progress) throws IOException {
        BlobDigest digest = new BlobDigest();
        for (long from = 0; from < size; ) {
            byte[] bytes = S3Content.get(bucket.bytes(key, from, Math.min(PIECE_BYTES, size - from)));
            digest.update(ByteBuffer.wrap(bytes));
            from += bytes.length;
            progress.accept(bytes.length);
        }
        return digest;
    }

    /** Reads an object that no blob has yet. Fails with {@code UNAVAILABLE} if it cannot be read. */
    Future<Sha256> digest(String key, long size) {
        return threads.executeBlocking(
                        () -> digest(key, size, bytes -> {}).blob().sha256(), false)
                .recover(failure -> Future.failedFuture(S3Failures.ofWrite(failure)));
    }

    /**
     * Puts an object aside if it is damaged: the one that was read, since another node may have stored a whole one
     * meanwhile. Returns whether it is damaged or missing.
     */
    Future<Boolean> quarantine(BlobReference blob, Duration kept) {
        return threads.executeBlocking(() -> inspectBytes(blob, bytes -> {}), false)
                .compose(inspection -> {
                    StoredObject object = inspection.object();
                    BlobVerdict verdict = inspection.verdict();
                    return !verdict.isDamage() || verdict == BlobVerdict.MISSING || object == null
                            ? Future.succeededFuture(verdict.isDamage())
                            : index.putAside(object, kept).map(true);
                });
    }
}
