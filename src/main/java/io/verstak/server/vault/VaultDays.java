package io.verstak.server.vault;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Outage;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Leases.Lease;
import io.verstak.server.storage.stats.VaultDayStore;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the vaults' counters from time to time, so that users see what was done on which day. Used by one context. */
public final class VaultDays {
    private static final Logger LOG = LoggerFactory.getLogger(VaultDays.class);
    private final Outage outage = new Outage(LOG, "the activity of vaults cannot be noted");
    private static final int SLICE = 1000;
    private static final Duration KEPT = Duration.ofDays(90);

    /** A push that committed while the look before was under way. */
    private static final Duration OVERLAP = Duration.ofMinutes(2);

    public static final Duration INTERVAL = Duration.ofMinutes(1);
    public static final Duration CLEAN_UP_INTERVAL = Duration.ofDays(1);

    private final VaultDayStore store;
    private final Clock clock;
    private long looked;

    public VaultDays(VaultDayStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    public Future<Void> look(Lease lease) {
        long now = clock.millis();
        return outage.watch(slices(now, looked - OVERLAP.toMillis(), lease)).onSuccess(done -> looked = now);
    }

    private Future<Void> slices(long now, long since, Lease lease) {
        return store.note(now, since, SLICE).compose(noted -> {
            if (noted < SLICE) {
                return Future.succeededFuture();
            }
            return lease.isHeld()
                    ? slices(now, since, lease)
                    : Future.failedFuture(new ServerException(ErrorCode.UNAVAILABLE));
        });
    }

    public Future<Void> cleanUp(Lease lease) {
        return deleteBefore(clock.instant().minus(KEPT).toEpochMilli(), lease)
                .onFailure(failure -> LOG.warn("old activity could not be deleted: {}", failure.getMessage()));
    }

    private Future<Void> deleteBefore(long time, Lease lease) {
        return store.deleteBefore(time, SLICE)
                .compose(deleted ->
                        deleted < SLICE || !lease.isHeld() ? Future.succeededFuture() : deleteBefore(time, lease));
    }
}
