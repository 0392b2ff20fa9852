package io.verstak.bench;

import io.verstak.bench.load.Pace;
import java.time.Duration;

/**
 * How long and how large a run is.
 *
 * @param pace of every row under load
 * @param starts how often the server is started for one figure
 * @param transfers how often each transfer of a large file is repeated, with its limit measured in turn
 * @param manyVaults the many vaults of the pulls; ten thousand in a full run
 * @param filledOps ops in the log for the rows about a long log; 0 leaves them out
 * @param users whose data the pages are looked at with
 * @param visits how often each page is looked at
 * @param vaults that the pushing devices are dealt out over
 * @param turns how often a comparison repeats each of its loads on each server
 * @param megabytes of a file that a comparison uploads
 */
record Plan(
        Pace pace,
        int starts,
        int transfers,
        int manyVaults,
        long filledOps,
        int users,
        int visits,
        int vaults,
        int turns,
        int megabytes) {
    private static final Duration WARM_UP = Duration.ofSeconds(12);

    static Plan quick(int vaults) {
        return new Plan(
                Pace.closedLoop(Duration.ofMillis(1500), Duration.ofSeconds(3)),
                3,
                3,
                1_000,
                0,
                10_000,
                40,
                vaults,
                3,
                32);
    }

    static Plan full(int vaults) {
        return new Plan(
                Pace.closedLoop(Duration.ofSeconds(3), Duration.ofSeconds(8)),
                7,
                5,
                10_000,
                10_000_000,
                100_000,
                160,
                vaults,
                5,
                64);
    }

    /** For the first load on a server, which no row tells of: meanwhile the JVM compiles what the rows run. */
    Pace warmUp() {
        return Pace.closedLoop(WARM_UP, pace.measured());
    }

    Plan filledWith(long ops) {
        return new Plan(pace, starts, transfers, manyVaults, ops, users, visits, vaults, turns, megabytes);
    }

    Plan withUsers(int count) {
        return new Plan(pace, starts, transfers, manyVaults, filledOps, count, visits, vaults, turns, megabytes);
    }
}
