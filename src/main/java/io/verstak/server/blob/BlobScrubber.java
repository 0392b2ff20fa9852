package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads stored blobs slowly on its own thread. A damaged one goes to the quarantine and is unavailable until the same
 * bytes are uploaded again.
 */
public final class BlobScrubber {
    private static final Logger LOG = LoggerFactory.getLogger(BlobScrubber.class);
    /** A large blob takes long at this rate, which is not a failure. */
    private static final int PATIENCE_DAYS = 30;

    private final BlobDisposal disposal;
    private final BlobBackend backend;
    private final LongSupplier bytesPerSecond;
    private final WorkerExecutor thread;
    private final CountDownLatch stopped = new CountDownLatch(1);

    public BlobScrubber(Vertx vertx, BlobDisposal disposal, BlobBackend backend, LongSupplier bytesPerSecond) {
        this.disposal = disposal;
        this.backend = backend;
        this.bytesPerSecond = bytesPerSecond;
        this.thread = vertx.createSharedWorkerExecutor("blob-scrub", 1, PATIENCE_DAYS, TimeUnit.DAYS);
    }

    /** Reads a blob. Returns whether it is damaged and that was not known. Fails when the scrub is stopped. */
    public Future<Boolean> check(BlobReference blob) {
        if (stopped.getCount() == 0) {
            return Future.failedFuture(stopped());
        }
        return thread.executeBlocking(() -> backend.check(blob, this::pace).isDamage())
                .compose(damaged -> damaged ? quarantine(blob) : Future.succeededFuture(false));
    }

    private Future<Boolean> quarantine(BlobReference blob) {
        return disposal.quarantine(blob).onSuccess(fresh -> {
            if (fresh) {
                LOG.error("blob {} is damaged or missing; the next upload of it repairs it", blob.sha256());
            }
        });
    }

    /** Waits as long as the configured rate requires for this many bytes. */
    private void pace(long bytes) {
        try {
            long nanos = (long) (1e9 * bytes / bytesPerSecond.getAsLong());
            if (stopped.await(nanos, TimeUnit.NANOSECONDS)) {
                throw stopped();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the scrub is interrupted");
        }
    }

    private static CancellationException stopped() {
        return new CancellationException("the scrub is stopped");
    }

    /** Stops the current read. */
    public Future<Void> close() {
        stopped.countDown();
        return thread.close();
    }
}
