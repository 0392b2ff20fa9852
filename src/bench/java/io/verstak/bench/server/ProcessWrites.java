package io.verstak.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process has had written to storage: {@code write_bytes} of proc(5), which counts whole pages when they become dirty,
 * the database's and its WAL's as well as files. What goes to sockets is not in it.
 */
public final class ProcessWrites {
    private static final String WRITTEN = "write_bytes: ";

    private final Path io;

    ProcessWrites(long pid) {
        io = Path.of("/proc", Long.toString(pid), "io");
    }

    /** Since its start; not a number where the system does not let it be read, as in some containers. */
    public double bytes() {
        try {
            return Files.readAllLines(io).stream()
                    .filter(line -> line.startsWith(WRITTEN))
                    .mapToDouble(line -> Long.parseLong(line.substring(WRITTEN.length())))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException notShown) {
            return Double.NaN;
        }
    }
}
