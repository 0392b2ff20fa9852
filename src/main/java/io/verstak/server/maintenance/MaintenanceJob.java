package io.verstak.server.maintenance;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.function.Function;

/**
 * A job of the clean-up, done in slices that delay no request.
 *
 * @param name what it removes, as named in the audit log: {@code sessions}
 * @param work does a bounded slice of the job
 */
public record MaintenanceJob(String name, Function<Instant, Future<Slice>> work) {

    /**
     * The result of a slice.
     *
     * @param removed the number of removed items
     * @param more whether another slice would find more
     */
    public record Slice(long removed, boolean more) {
        /** Returns the result of a job that is finished when it finds nothing. */
        public static Slice untilNothing(int removed) {
            return new Slice(removed, removed > 0);
        }
    }
}
