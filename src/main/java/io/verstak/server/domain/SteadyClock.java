package io.verstak.server.domain;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A clock for durations: begins with the system's and then runs on evenly, whatever somebody sets the system's to. What it says is
 * not the time of day. Safe for any thread.
 */
public final class SteadyClock extends Clock {
    private final Clock system;
    private final Instant begun;
    private final long begunNanos = System.nanoTime();

    private SteadyClock(Clock system) {
        this.system = system;
        this.begun = system.instant();
    }

    /** The steady one of a system's clock; any other clock, such as a test's, is moved by its owner only and stays as it is. */
    public static Clock of(Clock clock) {
        return clock.equals(Clock.system(clock.getZone())) ? new SteadyClock(clock) : clock;
    }

    @Override
    public Instant instant() {
        return begun.plusNanos(System.nanoTime() - begunNanos);
    }

    @Override
    public ZoneId getZone() {
        return system.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("durations have no zone");
    }
}
