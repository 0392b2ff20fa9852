package io.verstak.bench.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Gathers the answers of one run; only what is sent and answered inside the measured window counts, failures count
 * always.
 */
final class Measurement {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
    private final long windowStart;
    private final long windowEnd;
    private long answers;
    private long allAnswers;
    private long failures;
    private String firstFailure = "";

    Measurement(long start, Pace pace) {
        windowStart = start + pace.warmUp().toNanos();
        windowEnd = windowStart + pace.measured().toNanos();
    }

    boolean isOver(long now) {
        return now - windowEnd >= 0;
    }

    void answered(long sentAt, long now) {
        allAnswers++;
        if (now - windowStart < 0) {
            return;
        }
        if (!isOver(now)) {
            answers++;
        }
        // A request that is answered after the window belongs to the latencies all the same, or the slowest would go
        // missing.
        if (sentAt - windowStart >= 0) {
            latencies.recordValue(Math.min(now - sentAt, LONGEST_NANOS));
        }
    }

    void failed(String reason) {
        if (failures++ == 0) {
            firstFailure = reason;
        }
    }

    LoadResult result() {
        return new LoadResult(answers, (windowEnd - windowStart) / 1e9, allAnswers, latencies, failures, firstFailure);
    }
}
