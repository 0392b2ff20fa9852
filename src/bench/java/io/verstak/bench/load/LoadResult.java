package io.verstak.bench.load;

import org.HdrHistogram.Histogram;

/**
 * What a load run saw.
 *
 * @param answers good answers that came in the measured time
 * @param seconds the measured time
 * @param allAnswers good answers of the whole run, warm-up included
 * @param latencies nanoseconds from the sending (open loop: the due time) of a request to the last byte of its
 *     answer
 * @param failures requests without a good answer, over the whole run
 * @param firstFailure what was wrong with the first of them, empty without any
 */
public record LoadResult(
        long answers, double seconds, long allAnswers, Histogram latencies, long failures, String firstFailure) {

    public double perSecond() {
        return answers / seconds;
    }

    public double p50Millis() {
        return latencies.getValueAtPercentile(50) / 1e6;
    }

    public double p99Millis() {
        return latencies.getValueAtPercentile(99) / 1e6;
    }

    public double maxMillis() {
        return latencies.getMaxValue() / 1e6;
    }
}
