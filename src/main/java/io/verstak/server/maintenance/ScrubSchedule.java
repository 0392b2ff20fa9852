package io.verstak.server.maintenance;

import io.verstak.server.blob.BlobScrubber;
import io.verstak.server.config.StorageConfig;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.MaintenanceStore;
import io.verstak.server.storage.blob.BlobRepository;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the scrub read a share of the blobs each day, in the order of their hashes, and resumes after a restart. Each
 * round reads at least one, so that a small store is read within days.
 */
public final class ScrubSchedule {
    private static final Logger LOG = LoggerFactory.getLogger(ScrubSchedule.class);
    private static final String CURSOR = "scrub";
    private static final long INTERVAL_MILLIS = TimeUnit.MINUTES.toMillis(15);
    private static final long ROUNDS_PER_DAY = TimeUnit.DAYS.toMillis(1) / INTERVAL_MILLIS;

    private final Vertx vertx;
    private final BlobScrubber scrub;
    private final BlobRepository repository;
    private final MaintenanceStore store;
    private final Supplier<StorageConfig.Scrub> config;
    private final Clock clock;
    private boolean reading;

    ScrubSchedule(
            Vertx vertx,
            BlobScrubber scrub,
            BlobRepository repository,
            MaintenanceStore store,
            Supplier<StorageConfig.Scrub> config,
            Clock clock) {
        this.vertx = vertx;
        this.scrub = scrub;
        this.repository = repository;
        this.store = store;
        this.config = config;
        this.clock = clock;
    }

    /** @param may asked before each round */
    void start(BooleanSupplier may) {
        vertx.setPeriodic(INTERVAL_MILLIS, tick -> {
            int percent = config.get().percentPerDay();
            if (percent > 0 && !reading && may.getAsBoolean()) {
                reading = true;
                repository
                        .count()
                        .compose(blobs -> round((int) (1 + blobs * percent / 100 / ROUNDS_PER_DAY)))
                        .onFailure(failure ->
                                LOG.warn("the scrub failed, trying again later: {}", FailureReason.of(failure)))
                        .onComplete(done -> reading = false);
            }
        });
    }

    Future<Void> stop() {
        return scrub.close();
    }

    /** Reads the next blobs. Returns the number of damaged ones. */
    public Future<Integer> round(int blobs) {
        return store.get(CURSOR)
                .map(entry -> entry.map(MaintenanceStore.Entry::value).orElse(""))
                .compose(after -> repository.page(after, blobs))
                .compose(page -> each(page.blobs().iterator())
                        .compose(damaged ->
                                store.put(CURSOR, page.last(), clock.millis()).map(damaged)));
    }

    /** A loop instead of a chain of futures, which would grow with the round. */
    private Future<Integer> each(Iterator<BlobReference> blobs) {
        Promise<Integer> all = Promise.promise();
        next(blobs, 0, all);
        return all.future();
    }

    private void next(Iterator<BlobReference> blobs, int damaged, Promise<Integer> all) {
        if (!blobs.hasNext()) {
            all.complete(damaged);
            return;
        }
        scrub.check(blobs.next())
                .onFailure(all::fail)
                .onSuccess(fresh -> next(blobs, fresh ? damaged + 1 : damaged, all));
    }
}
