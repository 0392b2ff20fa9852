package io.verstak.server.maintenance;

import io.verstak.server.blob.BlobScrubber;
import io.verstak.server.config.StorageConfig;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.FailureReason;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.Leases.Lease;
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
    private static final String NAME = "scrub";
    private static final long INTERVAL_MILLIS = TimeUnit.MINUTES.toMillis(15);
    private static final long ROUNDS_PER_DAY = TimeUnit.DAYS.toMillis(1) / INTERVAL_MILLIS;

    private final Vertx vertx;
    private final BlobScrubber scrub;
    private final BlobRepository repository;
    private final MaintenanceStore store;
    private final Supplier<StorageConfig.Scrub> config;
    private final Leases leases;
    private final Clock clock;

    ScrubSchedule(
            Vertx vertx,
            BlobScrubber scrub,
            BlobRepository repository,
            MaintenanceStore store,
            Supplier<StorageConfig.Scrub> config,
            Leases leases,
            Clock clock) {
        this.vertx = vertx;
        this.scrub = scrub;
        this.repository = repository;
        this.store = store;
        this.config = config;
        this.leases = leases;
        this.clock = clock;
    }

    /** @param may asked before each round */
    void start(BooleanSupplier may) {
        vertx.setPeriodic(INTERVAL_MILLIS, tick -> {
            int percent = config.get().percentPerDay();
            if (percent > 0 && may.getAsBoolean()) {
                repository
                        .count()
                        .compose(blobs -> round((int) (1 + blobs * percent / 100 / ROUNDS_PER_DAY)))
                        .onFailure(failure ->
                                LOG.warn("the scrub failed, trying again later: {}", FailureReason.of(failure)));
            }
        });
    }

    Future<Void> stop() {
        return scrub.close();
    }

    /** Reads the next blobs. Returns the number of damaged ones; 0 while another round is under way. */
    public Future<Integer> round(int blobs) {
        return leases.under(NAME, lease -> round(blobs, lease)).map(damaged -> damaged.orElse(0));
    }

    private Future<Integer> round(int blobs, Lease lease) {
        return store.get(NAME)
                .map(entry -> entry.map(MaintenanceStore.Entry::value).orElse(""))
                .compose(after -> repository.page(after, blobs))
                .compose(page -> each(page.blobs().iterator(), lease)
                        .compose(damaged ->
                                store.put(NAME, page.last(), clock.millis()).map(damaged)));
    }

    /** A loop instead of a chain of futures, which would grow with the round. */
    private Future<Integer> each(Iterator<BlobReference> blobs, Lease lease) {
        Promise<Integer> all = Promise.promise();
        next(blobs, lease, 0, all);
        return all.future();
    }

    private void next(Iterator<BlobReference> blobs, Lease lease, int damaged, Promise<Integer> all) {
        if (!blobs.hasNext()) {
            all.complete(damaged);
            return;
        }
        if (!lease.isHeld()) {
            all.fail(new ServerException(ErrorCode.UNAVAILABLE));
            return;
        }
        scrub.check(blobs.next())
                .onFailure(all::fail)
                .onSuccess(fresh -> next(blobs, lease, fresh ? damaged + 1 : damaged, all));
    }
}
