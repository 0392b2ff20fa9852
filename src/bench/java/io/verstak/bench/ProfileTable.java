package io.verstak.bench;

import io.verstak.bench.profile.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Where the processor's time of an operation goes, and the memory that it leaves behind: a line for each part, a column for each load. */
final class ProfileTable {
    private static final String INTRODUCTION = """
            Each cell: microseconds of the server's CPU for one request (user and system, without the JVM's compilers), and KiB of
            new objects. Parts by async-profiler's samples of one run for each, the sum by the process's own clock.
            """;

    /** Less than this is not worth a line. */
    private static final double SHOWN_MICROS = 0.05;

    private final List<Column> columns = new ArrayList<>();

    private record Column(
            String load, double micros, Map<Part, Double> shares, double bytes, Map<Part, Double> allocated) {
        double micros(Part part) {
            return micros * shares.getOrDefault(part, 0.0);
        }

        double bytes(Part part) {
            return bytes * allocated.getOrDefault(part, 0.0);
        }
    }

    /**
     * Adds a load.
     *
     * @param micros of an operation
     * @param shares of the parts in them
     * @param bytes of new objects of an operation
     * @param allocated shares of the parts in these
     */
    void add(String load, double micros, Map<Part, Double> shares, double bytes, Map<Part, Double> allocated) {
        columns.add(new Column(load, micros, shares, bytes, allocated));
    }

    String markdown() {
        List<String> lines = new ArrayList<>();
        lines.add(line("part", columns.stream().map(Column::load).toList()));
        lines.add(line("---", columns.stream().map(column -> "---").toList()));
        for (Part part : Part.values()) {
            if (columns.stream().anyMatch(column -> column.micros(part) >= SHOWN_MICROS)) {
                lines.add(line(
                        part.title(),
                        columns.stream()
                                .map(column -> cell(column.micros(part), column.bytes(part)))
                                .toList()));
            }
        }
        lines.add(line(
                "sum",
                columns.stream()
                        .map(column -> cell(column.micros(), column.bytes()))
                        .toList()));
        return INTRODUCTION + "\n" + String.join("\n", lines) + "\n";
    }

    private static String cell(double micros, double bytes) {
        return String.format(Locale.ROOT, "%.1f µs, %.1f KiB", micros, bytes / 1024);
    }

    private static String line(String first, List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| " + first + " | ", " |"));
    }
}
