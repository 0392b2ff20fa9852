package io.verstak.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Processor time of a process with its children, those that have ended included: a server with a process for each connection. */
final class ProcessTree {
    private static final long NANOS_PER_TICK = TimeUnit.SECONDS.toNanos(1) / 100;

    /** User and kernel ticks of a process, and of its children that it has waited for (proc(5)), without the first two fields. */
    private static final int FIRST_TICKS = 11;

    private static final int FIELDS = 4;

    private final long pid;

    ProcessTree(long pid) {
        this.pid = pid;
    }

    /** Since the start of the process, in steps of 10 ms for each child. */
    long nanos() throws IOException {
        long ticks = 0;
        for (long each : Stream.concat(
                        Stream.of(pid),
                        ProcessHandle.of(pid).stream()
                                .flatMap(ProcessHandle::descendants)
                                .map(ProcessHandle::pid))
                .toList()) {
            ticks += ticks(each);
        }
        return ticks * NANOS_PER_TICK;
    }

    private static long ticks(long of) throws IOException {
        String line;
        try {
            line = Files.readString(Path.of("/proc", Long.toString(of), "stat"));
        } catch (NoSuchFileException ended) {
            return 0;
        }
        List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
        return fields.subList(FIRST_TICKS, FIRST_TICKS + FIELDS).stream()
                .mapToLong(Long::parseLong)
                .sum();
    }
}
