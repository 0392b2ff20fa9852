package io.verstak.bench;

import io.verstak.bench.load.LoadResult;
import io.verstak.bench.server.ProcessMemory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Gathers rows, failed requests and the server's highest memory, and prints them when all is measured. */
final class Report {
    private static final long MIB = 1024;
    private static final String LOOPS = """
            Load is a closed loop unless a row says open: each connection waits for its answer, so a stall of the
            server lowers the rate and shows in few latencies; `max` is the longest stall of any connection. In an open
            loop latency runs from when a request was due. Load tool and server share the cores. Servers are warm:
            before the first row of each come twelve seconds of its load, or five transfers.
            CPU is that of the server's process, user and system, without the JVM's compilers. Bytes written are `write_bytes`
            of /proc/PID/io: pages that the process has made dirty. Both are for one op of a push, one page of a pull, one
            megabyte of an upload or a download.
            """;

    private final Machine machine = Machine.now();
    private final PrintWriter out;
    private final PrintWriter progress;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> details = new ArrayList<>();
    private long peakKib;

    Report(PrintWriter out, PrintWriter progress) {
        this.out = out;
        this.progress = progress;
    }

    void add(Row row) {
        rows.add(row);
        tell(row.markdown());
    }

    /** Shows at once what will be printed at the end. */
    void tell(String line) {
        progress.println(line);
        progress.flush();
    }

    /** Checks the result of a load run for failed requests, and hands it on. */
    LoadResult checked(String workload, LoadResult result) {
        if (result.failures() > 0) {
            failures.add(workload + ": " + result.failures() + " requests failed, the first: " + result.firstFailure());
        }
        return result;
    }

    /** Keeps a table of its own, to be printed behind the one of all rows. */
    void detail(String table) {
        details.add(table);
    }

    /** Keeps the highest memory that a server process has had; called before it stops. */
    void peak(ProcessMemory memory) throws IOException {
        peakKib = Math.max(peakKib, memory.peakKib());
    }

    boolean hasFailures() {
        return !failures.isEmpty();
    }

    void print() {
        if (peakKib > 0) {
            long mib = peakKib / MIB;
            rows.add(Row.of("RSS, peak over all rows", mib + " MiB").wanting("< 450 MiB", mib < 450));
        }
        out.println("Machine: " + machine.describe());
        out.println();
        if (!rows.isEmpty()) {
            out.println(Row.HEAD);
            rows.forEach(row -> out.println(row.markdown()));
            out.println();
        }
        out.println(LOOPS);
        details.forEach(out::println);
        failures.forEach(failure -> out.println("FAILED: " + failure));
        out.flush();
    }
}
