package io.verstak.server.blob.s3;

import io.verstak.server.storage.blob.ObjectIndex;
import io.verstak.server.storage.blob.ObjectIndex.Intent;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes objects that nothing names any more once their time has come, and what dead processes have left of uploads.
 * Each step may be repeated, and may run on several nodes at the same time.
 */
final class ObjectSweeper {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectSweeper.class);
    private static final int SLICE = 100;

    private final S3Bucket bucket;
    private final ObjectIndex index;

    ObjectSweeper(S3Bucket bucket, ObjectIndex index) {
        this.bucket = bucket;
        this.index = index;
    }

    /**
     * Deletes some objects. Returns how many; none are left for now if it is 0.
     *
     * @param begunBefore uploads that began before have died
     */
    Future<Integer> sweep(long begunBefore, long now) {
        return index.abandoned(begunBefore, SLICE)
                .compose(dead -> inTurn(dead, intent -> end(intent, now)))
                .compose(ended -> index.due(now, SLICE))
                .compose(due -> inTurn(due, this::delete).map(due.size()));
    }

    private Future<Void> end(Intent intent, long now) {
        LOG.info("an upload that node {} has not ended is removed", intent.node());
        Future<Void> aborted = intent.uploadId().isEmpty()
                ? Future.succeededFuture()
                : bucket.abortParts(intent.key(), intent.uploadId())
                        .recover(failure -> S3Failures.isMissing(failure)
                                ? Future.succeededFuture()
                                : Future.failedFuture(failure));
        return aborted.compose(gone -> index.abandon(intent, now));
    }

    private Future<Void> delete(String key) {
        return bucket.delete(key).compose(gone -> index.deleted(key));
    }

    private static <T> Future<Void> inTurn(List<T> all, Function<T, Future<Void>> work) {
        Future<Void> done = Future.succeededFuture();
        for (T one : all) {
            done = done.compose(before -> work.apply(one));
        }
        return done;
    }
}
