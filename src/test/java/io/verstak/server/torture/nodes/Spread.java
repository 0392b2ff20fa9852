package io.verstak.server.torture.nodes;

import java.util.Collection;
import java.util.List;

/**
 * Times of many events.
 *
 * @param millis in ascending order
 */
record Spread(List<Long> millis) {
    static Spread of(Collection<Long> millis) {
        return new Spread(millis.stream().sorted().toList());
    }

    /** Returns the time below which this share of the events stays. */
    long percentile(int percent) {
        return millis.isEmpty() ? 0 : millis.get(Math.min(millis.size() - 1, millis.size() * percent / 100));
    }

    @Override
    public String toString() {
        return "p50 %s ms, p99 %s ms, at most %s ms of %s"
                .formatted(percentile(50), percentile(99), percentile(100), millis.size());
    }
}
