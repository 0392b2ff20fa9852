package io.verstak.server.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A clock that begins with the system's time and then runs on evenly, whatever somebody sets the system's to: for durations, and, set by
 * another machine's clock, for the time of day. Safe for any thread.
 */
public final class SteadyClock extends Clock {
    private final Clock system;
    private volatile Mark mark;

    /** A time, and when it was, as {@link System#nanoTime} counts. */
    private record Mark(Instant time, long nanos) {
        Instant at(long other) {
            return time.plusNanos(other - nanos);
        }
    }

    /** @param system a clock that others may set */
    public SteadyClock(Clock system) {
        this.system = system;
        this.mark = new Mark(system.instant(), System.nanoTime());
    }

    /** The steady one of a clock that others set; any other clock, such as a test's, is moved by its owner only and stays as it is. */
    public static Clock of(Clock clock) {
        return clock instanceof SteadyClock || isSystem(clock) ? new SteadyClock(clock) : clock;
    }

    /** Returns whether a clock is that of this machine. */
    public static boolean isSystem(Clock clock) {
        return clock.equals(Clock.system(clock.getZone()));
    }

    /**
     * Sets the time, unless what it says agrees with it.
     *
     * @param nanos when it was this time, as {@link System#nanoTime} counts
     * @param uncertainty how far it may be wrong
     */
    public void set(Instant time, long nanos, Duration uncertainty) {
        Duration off = Duration.between(mark.at(nanos), time).abs();
        if (off.compareTo(uncertainty) > 0) {
            mark = new Mark(time, nanos);
        }
    }

    /** Returns how far the system's time is ahead, in milliseconds; negative: it is behind. */
    public long skewMillis() {
        return system.millis() - millis();
    }

    @Override
    public Instant instant() {
        return mark.at(System.nanoTime());
    }

    @Override
    public ZoneId getZone() {
        return system.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a steady clock has one zone");
    }
}
