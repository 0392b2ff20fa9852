package io.verstak.bench.server;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Processor time that a process has taken, all its threads and the kernel's work for it together. Other load on the machine
 * stretches every latency, and this hardly.
 */
public final class ProcessTime {
    /** {@code USER_HZ}, the same on every machine that Linux runs on (proc(5)). */
    private static final long NANOS_PER_TICK = TimeUnit.SECONDS.toNanos(1) / 100;

    private static final int USER_TICKS = 11;
    private static final int KERNEL_TICKS = 12;

    private static final String COMPILER = "CompilerThre";

    private final Path process;

    ProcessTime(long pid) {
        process = Path.of("/proc", Long.toString(pid));
    }

    /** Since its start, in steps of 10 ms. */
    public long nanos() throws IOException {
        return nanos(process);
    }

    /** The same without the threads of the JVM's compilers, whose work is for all operations to come and not for those of now. */
    public long nanosWithoutCompilers() throws IOException {
        long compilers = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                if (Files.readString(thread.resolve("comm")).contains(COMPILER)) {
                    compilers += nanos(thread);
                }
            }
        }
        return nanos() - compilers;
    }

    private static long nanos(Path of) throws IOException {
        String line = Files.readString(of.resolve("stat"));
        // The name of the process, in brackets, may hold anything.
        List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
        return (Long.parseLong(fields.get(USER_TICKS)) + Long.parseLong(fields.get(KERNEL_TICKS))) * NANOS_PER_TICK;
    }
}
