package io.verstak.server.maintenance;

import io.vertx.core.Future;
import java.time.Instant;

/** A job of the clean-up, done in slices that delay no request. */
public interface MaintenanceJob {

    /** Returns what it removes, as named in the audit log: {@code sessions}. */
    String name();

    /** Does a bounded slice of the job. */
    Future<Slice> slice(Instant now);

    /**
     * The result of a slice.
     *
     * @param removed the number of removed items
     * @param more whether another slice would find more
     */
    record Slice(long removed, boolean more) {
        /** Returns the result of a job that is finished when it finds nothing. */
        public static Slice untilNothing(int removed) {
            return new Slice(removed, removed > 0);
        }
    }
}
