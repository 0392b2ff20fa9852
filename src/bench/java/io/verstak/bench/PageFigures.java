package io.verstak.bench;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long each address took to open. */
final class PageFigures {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Map<String, Histogram> latencies = new LinkedHashMap<>();
    private final Map<String, Long> processorNanos = new LinkedHashMap<>();

    void opened(String address, long nanos) {
        latencies
                .computeIfAbsent(address, first -> new Histogram(LONGEST_NANOS, 3))
                .recordValue(Math.min(nanos, LONGEST_NANOS));
    }

    /** Adds processor time that the server took while the address was opened. */
    void took(String address, long nanos) {
        processorNanos.merge(address, nanos, Long::sum);
    }

    Histogram all() {
        Histogram all = new Histogram(LONGEST_NANOS, 3);
        latencies.values().forEach(all::add);
        return all;
    }

    double p50Millis(String address) {
        return millis(of(address).getValueAtPercentile(50));
    }

    double p99Millis(String address) {
        return millis(of(address).getValueAtPercentile(99));
    }

    private Histogram of(String address) {
        return Objects.requireNonNull(latencies.get(address), address);
    }

    double processorMillis(String address) {
        return millis(processorNanos.getOrDefault(address, 0L)) / of(address).getTotalCount();
    }

    /** The address with the highest p99. */
    String slowest() {
        return slowestFirst().get(0);
    }

    /** The address that took the most of the processor. */
    String dearest() {
        return latencies.keySet().stream()
                .max(Comparator.comparingDouble(this::processorMillis))
                .orElseThrow();
    }

    List<String> slowestFirst() {
        return latencies.keySet().stream()
                .sorted(Comparator.comparingDouble(this::p99Millis).reversed())
                .toList();
    }

    int count() {
        return latencies.size();
    }

    long slowerThan(double wantedMillis) {
        return latencies.keySet().stream()
                .filter(address -> p99Millis(address) >= wantedMillis)
                .count();
    }

    /** One line for each address, the slowest first. */
    String table(String plainest) {
        StringBuilder table = new StringBuilder("| page or list | p50 | of the plainest page's | p99 | processor |\n");
        table.append("| --- | --- | --- | --- | --- |\n");
        for (String address : slowestFirst()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f ms | %.1f | %.1f ms | %.2f ms |\n",
                    address,
                    p50Millis(address),
                    p50Millis(address) / p50Millis(plainest),
                    p99Millis(address),
                    processorMillis(address)));
        }
        return table.toString();
    }

    static double millis(long nanos) {
        return nanos / 1e6;
    }
}
