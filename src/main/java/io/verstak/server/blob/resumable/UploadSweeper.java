package io.verstak.server.blob.resumable;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.storage.blob.StoredUpload;
import io.verstak.server.storage.blob.StoredUpload.State;
import io.verstak.server.storage.blob.UploadStore;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Recovers uploads after a crash, and removes expired ones. Runs on the blob verticle. */
final class UploadSweeper {
    private static final Logger LOG = LoggerFactory.getLogger(UploadSweeper.class);

    private static final Duration HOPELESS = Duration.ofDays(7);
    private static final long PATIENCE_SECONDS = 2;

    private final UploadStore store;
    private final BlobBackend backend;
    private final UploadLocks locks;
    private final UploadFinalizer finalizer;
    private final Clock clock;
    private @Nullable Future<Void> sweep;

    UploadSweeper(UploadStore store, BlobBackend backend, UploadLocks locks, UploadFinalizer finalizer, Clock clock) {
        this.store = store;
        this.backend = backend;
        this.locks = locks;
        this.finalizer = finalizer;
        this.clock = clock;
    }

    /**
     * Runs before uploads are served. An upload that cannot be finished now is tried again when a client requests it. If all nodes share
     * the bytes of uploads, others may be at them: then only what this process has alone is given to all.
     */
    Future<Void> recover() {
        return backend.sharesStaged()
                ? store.pending()
                        .compose(pending -> backend.recover(
                                pending.stream().map(StoredUpload::id).collect(Collectors.toSet())))
                        .mapEmpty()
                : recoverOwn();
    }

    private Future<Void> recoverOwn() {
        return store.unclaimed()
                .compose(unclaimed -> store.pending().compose(pending -> {
                    Set<String> ids = Stream.concat(pending.stream(), unclaimed.stream())
                            .map(StoredUpload::id)
                            .collect(Collectors.toSet());
                    return backend.recover(ids);
                }))
                .compose(files -> store.claim(files)
                        .compose(claimed -> store.pending())
                        .compose(pending -> inTurn(pending, upload -> recover(upload, files))));
    }

    /** A backup holds the row of an unfinished upload but not its file: the client has to begin again. */
    private Future<?> recover(StoredUpload upload, Set<String> files) {
        if (upload.isOwnerless()) {
            return finalizer.remove(upload);
        }
        if (upload.state() == State.SEALED) {
            return finalizer.finish(upload);
        }
        boolean lost = upload.stored() > 0 && !files.contains(upload.id());
        return lost ? finalizer.remove(upload) : Future.succeededFuture();
    }

    /** Removes some expired uploads; failures are only logged. */
    Future<Void> sweep() {
        Future<Void> running = sweep;
        if (running == null || running.isComplete()) {
            running = store.expired(clock.millis())
                    .compose(expired -> inTurn(expired, this::remove))
                    .transform(UploadSweeper::succeed);
            sweep = running;
        }
        return running;
    }

    /** Removes some expired uploads before one takes room. Those in a bucket may take long to finish: they are waited for a short time. */
    Future<Void> makeRoom() {
        return backend.sharesStaged()
                ? sweep().timeout(PATIENCE_SECONDS, TimeUnit.SECONDS).otherwiseEmpty()
                : sweep();
    }

    private static Future<Void> inTurn(List<StoredUpload> uploads, Function<StoredUpload, Future<?>> work) {
        Future<Void> all = Future.succeededFuture();
        for (StoredUpload upload : uploads) {
            all = all.compose(before -> work.apply(upload).transform(UploadSweeper::succeed));
        }
        return all;
    }

    /** Removes an upload unless a client is sending to it or has just sent. */
    private Future<Void> remove(StoredUpload upload) {
        return locks.take(upload.id())
                .compose(lock -> store.again(upload.id())
                        .compose(now -> now.filter(
                                        expired -> expired.expiresAt() <= clock.millis() && lock.covers(expired))
                                .map(this::end)
                                .orElseGet(Future::succeededFuture))
                        .eventually(lock::release));
    }

    /** All of its bytes have arrived: the reason why it could not be finished may be gone. */
    private Future<Void> end(StoredUpload upload) {
        if (upload.isOwnerless()) {
            return finalizer.remove(upload);
        }
        if (upload.isUnread()) {
            return finalizer.read(upload).<Void>mapEmpty().recover(failure -> giveUp(upload, failure));
        }
        return upload.state() == State.SEALED
                ? finalizer.finish(upload).<Void>mapEmpty().recover(failure -> giveUp(upload, failure))
                : finalizer.remove(upload);
    }

    /** Removes an upload in a bucket that could not be finished for a week, so that others come to their turn. */
    private Future<Void> giveUp(StoredUpload upload, Throwable failure) {
        if (!backend.sharesStaged() || upload.expiresAt() > clock.millis() - HOPELESS.toMillis()) {
            return Future.failedFuture(failure);
        }
        LOG.error(
                "upload {} could not be finished for a week, and is removed: {}", upload.id(), String.valueOf(failure));
        return finalizer.remove(upload);
    }

    private static <T> Future<Void> succeed(AsyncResult<T> result) {
        if (result.failed()) {
            LOG.warn("an upload stays as it is for now: {}", String.valueOf(result.cause()));
        }
        return Future.succeededFuture();
    }
}
