package io.verstak.server.storage.postgresql.failover;

import io.verstak.server.domain.Sha256;
import java.nio.charset.StandardCharsets;

/**
 * How often a database has gone on from an earlier moment than devices may have seen. Each log notes the last incarnation that its
 * numbers respect, and catches up with its next op: it then goes on {@value #SKIPPED} higher for each one in between. So what a
 * log's row says is not the whole truth, and this class says the rest.
 *
 * @param number grows by one with each
 * @param lostNumber the last one that acknowledged ops were lost with; -1: none
 * @param lostId the random id of that one
 */
public record Incarnation(long number, long lostNumber, String lostId) {
    /** How far the counter of a log moves up: more than a standby can be behind. */
    public static final long SKIPPED = 1_000_000;

    /** What every database begins with. */
    public static final Incarnation FIRST = new Incarnation(0, -1, "");

    private static final int LOG_ID_LENGTH = 32;

    /** Returns whether a log that respects another incarnation has to leave out numbers. */
    boolean isAfter(long respected) {
        return respected < number;
    }

    /** Returns the counter of a log, of which the row has this one. */
    public long counter(long stored, long respected) {
        return stored + SKIPPED * Math.max(0, number - respected);
    }

    /** Returns the id of a log, of which the row has this one. All nodes find the same id, before one of them stores it. */
    public String logId(String stored, long respected) {
        return respected >= lostNumber
                ? stored
                : Sha256.of((stored + lostId).getBytes(StandardCharsets.UTF_8))
                        .hex()
                        .substring(0, LOG_ID_LENGTH);
    }
}
