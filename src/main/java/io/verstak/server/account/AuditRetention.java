package io.verstak.server.account;

import io.verstak.server.storage.AuditStore;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes entries of the audit log that are older than the configuration keeps them, in slices that hold nobody up. */
final class AuditRetention {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRetention.class);

    static final Duration INTERVAL = Duration.ofDays(1);

    private static final int SLICE = 1000;

    private final AuditStore store;
    private final Duration kept;
    private final Clock clock;

    AuditRetention(AuditStore store, Duration kept, Clock clock) {
        this.store = store;
        this.kept = kept;
        this.clock = clock;
    }

    Future<Void> run() {
        return slices(clock.instant().minus(kept).toEpochMilli())
                .onFailure(failure -> LOG.warn("old audit entries could not be deleted: {}", failure.getMessage()));
    }

    private Future<Void> slices(long before) {
        return store.deleteBefore(before, SLICE)
                .compose(deleted -> deleted < SLICE ? Future.succeededFuture() : slices(before));
    }
}
