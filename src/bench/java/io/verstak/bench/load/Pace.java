package io.verstak.bench.load;

import java.time.Duration;

/**
 * When requests are sent, and for how long.
 *
 * @param warmUp requests sent in this time are not measured
 * @param measured the time that counts
 * @param perSecond 0: a closed loop, where each connection sends its next request when the last is answered, so that
 *     a slow server is also asked less often. Otherwise an open loop: requests fall due at this rate whatever the
 *     server does, and latency runs from the moment a request was due.
 */
public record Pace(Duration warmUp, Duration measured, double perSecond) {

    public static Pace closedLoop(Duration warmUp, Duration measured) {
        return new Pace(warmUp, measured, 0);
    }

    public Pace openLoop(double rate) {
        return new Pace(warmUp, measured, rate);
    }

    boolean isOpen() {
        return perSecond > 0;
    }

    long nanosBetween() {
        return Math.max(1, Math.round(1e9 / perSecond));
    }
}
