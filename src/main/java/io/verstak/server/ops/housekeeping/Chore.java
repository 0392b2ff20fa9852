package io.verstak.server.ops.housekeeping;

import io.vertx.core.Future;
import java.time.Instant;

/** Something that the clean-up does, in slices that hold nobody up. */
public interface Chore {

    /** What it removes, in the words of the audit log: {@code sessions}. */
    String name();

    /** Does a bounded piece of it. */
    Future<Slice> slice(Instant now);

    /**
     * What a slice has done.
     *
     * @param removed how much
     * @param more whether another slice would find more
     */
    record Slice(long removed, boolean more) {
        /** Of work that is done when it finds nothing. */
        public static Slice untilNothing(int removed) {
            return new Slice(removed, removed > 0);
        }
    }
}
