package io.verstak.bench;

import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One line of a comparison: in each cell the other jar's figure, this tree's, and the second as a share of the first, bold where
 * it is worse by more than the machine's noise should be.
 */
record ComparedRow(String workload, String rate, String p99, String processor, String written) {
    private static final String HEAD = """
            In each cell: %s → %s (the second as a share of the first).
            CPU is that of the server's process, user and system, without the JVM's compilers. Bytes written are `write_bytes` of
            /proc/PID/io: pages that the process has made dirty. An operation is an op of a push, a page of a pull, a login, a megabyte
            of an upload.

            | workload | rate, or figure | p99, ms | CPU an operation, µs | bytes written an operation |
            | --- | --- | --- | --- | --- |
            """;

    private static final double TOLERATED = 0.05;

    /** Of the costs of both, turn by turn. */
    static ComparedRow of(String workload, String unit, List<Cost> firsts, List<Cost> seconds) {
        Cost before = Cost.median(firsts);
        Cost now = Cost.median(seconds);
        return new ComparedRow(
                workload,
                moreIsBetter(before.perSecond(), now.perSecond(), unit),
                lessIsBetter(before.p99Millis(), now.p99Millis(), ""),
                lessIsBetter(before.processorMicros(), now.processorMicros(), "") + spread(firsts, seconds),
                lessIsBetter(before.writtenBytes(), now.writtenBytes(), ""));
    }

    /** A figure that is no rate, and better when it is small. */
    static ComparedRow of(String figure, String unit, double before, double now) {
        return new ComparedRow(figure, lessIsBetter(before, now, unit), "", "", "");
    }

    /** How far the turns lie apart: what is within is noise. */
    private static String spread(List<Cost> firsts, List<Cost> seconds) {
        DoubleSummaryStatistics ratios = IntStream.range(0, firsts.size())
                .mapToDouble(turn ->
                        seconds.get(turn).processorMicros() / firsts.get(turn).processorMicros())
                .summaryStatistics();
        return ", turns %s to %s".formatted(Row.fraction(ratios.getMin()), Row.fraction(ratios.getMax()));
    }

    private static String moreIsBetter(double before, double now, String unit) {
        return cell(before, now, unit, now < before * (1 - TOLERATED));
    }

    private static String lessIsBetter(double before, double now, String unit) {
        return cell(before, now, unit, now > before * (1 + TOLERATED));
    }

    private static String cell(double before, double now, String unit, boolean worse) {
        if (Double.isNaN(before) || Double.isNaN(now) || before <= 0) {
            return "";
        }
        String ratio = Row.fraction(now / before);
        return "%s → %s%s (%s)".formatted(number(before), number(now), unit, worse ? "**" + ratio + "**" : ratio);
    }

    private static String number(double value) {
        return value < 10 ? String.format(Locale.ROOT, "%.2f", value) : Row.number(value);
    }

    static String table(Path before, Path now, List<ComparedRow> rows) {
        return HEAD.formatted(before, now)
                + rows.stream().map(ComparedRow::markdown).collect(Collectors.joining("\n", "", "\n"));
    }

    String markdown() {
        return "| " + String.join(" | ", workload, rate, p99, processor, written) + " |";
    }
}
