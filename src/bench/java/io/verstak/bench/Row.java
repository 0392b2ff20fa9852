package io.verstak.bench;

import io.verstak.bench.load.LoadResult;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * One line of the table; cells without a figure are empty.
 *
 * @param processor time that the server's process took for an operation, without the JVM's compilers
 * @param written bytes that the server had written to storage for an operation
 * @param limit the limit's name and its figure
 * @param wanted the figure to reach, and whether it was
 */
record Row(
        String workload,
        String rate,
        String p50,
        String p99,
        String max,
        String processor,
        String written,
        String limit,
        String ratio,
        String wanted) {
    static final String HEAD = """
            | workload | rate | p50 | p99 | max | CPU, µs | written, bytes | limit in the same run | ratio | wanted |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |""";

    static Row of(String workload, String rate) {
        return new Row(workload, rate, "", "", "", "", "", "", "", "");
    }

    /** A row of requests under load; the rate counts {@code perRequest} of the unit in each. */
    static Row of(String workload, LoadResult result, int perRequest, String unit) {
        return new Row(
                workload,
                number(result.perSecond() * perRequest) + " " + unit + "/s",
                millis(result.p50Millis()),
                millis(result.p99Millis()),
                millis(result.maxMillis()),
                "",
                "",
                "",
                "",
                "");
    }

    /** A row of single requests, one after another. */
    static Row of(String workload, Histogram latencies) {
        return new Row(
                workload,
                "",
                millis(latencies.getValueAtPercentile(50) / 1e6),
                millis(latencies.getValueAtPercentile(99) / 1e6),
                millis(latencies.getMaxValue() / 1e6),
                "",
                "",
                "",
                "",
                "");
    }

    /** Adds what the server used for each operation. */
    Row using(Meter.Used used) {
        return new Row(
                workload,
                rate,
                p50,
                p99,
                max,
                figure(used.processorMicros()),
                figure(used.writtenBytes()),
                limit,
                ratio,
                wanted);
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? "" : number(value);
    }

    /** Adds the limit and how much of it was reached. */
    Row against(String limitName, double limitRate, double ratio) {
        String both = limitName + ": " + number(limitRate);
        return new Row(workload, rate, p50, p99, max, processor, written, both, fraction(ratio), wanted);
    }

    /** Adds a figure to compare with that no ratio is asked for. */
    Row noting(String figure) {
        String both = limit.isEmpty() ? figure : limit + "; " + figure;
        return new Row(workload, rate, p50, p99, max, processor, written, both, ratio, wanted);
    }

    Row wanting(String text, boolean reached) {
        String both = (wanted.isEmpty() ? "" : wanted + "; ") + text + (reached ? ": yes" : ": **no**");
        return new Row(workload, rate, p50, p99, max, processor, written, limit, ratio, both);
    }

    String markdown() {
        return "| " + String.join(" | ", workload, rate, p50, p99, max, processor, written, limit, ratio, wanted)
                + " |";
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }

    static String fraction(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String thousandths(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f ms" : "%.0f ms", value);
    }
}
