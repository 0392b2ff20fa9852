package io.verstak.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resident memory of a process, in KiB, as Linux counts it. */
public final class ProcessMemory {
    private final Path proc;

    ProcessMemory(long pid) {
        proc = Path.of("/proc", Long.toString(pid));
    }

    public long residentKib() throws IOException {
        return field("VmRSS:");
    }

    /** The highest that {@link #residentKib} has been since the start, or since {@link #forgetPeak}. */
    public long peakKib() throws IOException {
        return field("VmHWM:");
    }

    public void forgetPeak() throws IOException {
        // 5 resets the peak of the resident set: proc(5), clear_refs.
        Files.writeString(proc.resolve("clear_refs"), "5");
    }

    private long field(String name) throws IOException {
        for (String line : Files.readAllLines(proc.resolve("status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no " + name + " in " + proc);
    }
}
