package io.verstak.server.blob.s3;

import io.verstak.server.storage.blob.ObjectIndex;
import io.verstak.server.storage.blob.ObjectIndex.Intent;
import io.verstak.server.storage.blob.UploadParts;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes unreferenced objects once their retention has passed, and leftovers of dead uploads.
 * Each step may be repeated, and may run on several nodes at the same time.
 */
final class ObjectSweeper {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectSweeper.class);
    private static final int SLICE = 100;

    private final ObjectPlaces places;
    private final S3Bucket bucket;
    private final ObjectIndex index;

    ObjectSweeper(ObjectPlaces places) {
        this.places = places;
        this.bucket = places.bucket();
        this.index = places.index();
    }

    /**
     * Deletes some objects. What fails is logged, and tried again in the next run. Returns how many were deleted; none can
     * be for now if it is 0.
     *
     * @param dead an upload that has not ended after this time has died
     */
    Future<Integer> sweep(Duration dead) {
        return index.abandoned(dead, SLICE)
                .compose(abandoned -> count(abandoned, this::end, Intent::key))
                .compose(ended -> places.parts().leftovers(SLICE))
                .compose(left -> count(left, this::end, UploadParts::uploadId))
                .compose(ended -> index.due(SLICE))
                .compose(due -> count(due, this::delete, key -> key));
    }

    private Future<Void> end(Intent intent) {
        LOG.info("an upload that node {} has not ended is removed", intent.node());
        return places.abort(intent.key(), intent.uploadId()).compose(gone -> index.abandon(intent));
    }

    /** The bytes of a resumable upload that was finished or removed. */
    private Future<Void> end(UploadParts left) {
        return places.abort(left.key(), left.multipartId())
                .compose(gone -> places.parts().end(left.uploadId()));
    }

    private Future<Void> delete(String key) {
        return bucket.delete(key).compose(gone -> index.deleted(key));
    }

    /** Does the work for one after the other. Returns for how many it succeeded. */
    private static <T> Future<Integer> count(List<T> all, Function<T, Future<Void>> work, Function<T, String> key) {
        Future<Integer> done = Future.succeededFuture(0);
        for (T one : all) {
            done = done.compose(before -> work.apply(one).transform(result -> {
                if (result.failed()) {
                    LOG.warn("object {} cannot be deleted: {}", key.apply(one), S3Failures.text(result.cause()));
                }
                return Future.succeededFuture(result.succeeded() ? before + 1 : before);
            }));
        }
        return done;
    }
}
