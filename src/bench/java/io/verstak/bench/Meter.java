package io.verstak.bench;

import io.verstak.bench.server.ServerProcess;
import java.io.IOException;

/** What a server's process had used when a load began. The work of the JVM's compilers does not count. */
record Meter(ServerProcess server, long processorNanos, double writtenBytes) {

    /**
     * What a load used.
     *
     * @param processorMicros of an operation, the kernel's work for it included
     * @param writtenBytes of an operation; not a number where the system does not show it
     */
    record Used(double processorMicros, double writtenBytes) {}

    static Meter read(ServerProcess server) throws IOException {
        return new Meter(
                server, server.time().nanosWithoutCompilers(), server.writes().bytes());
    }

    /** Returns what was used since, for each of so many operations. */
    Used each(double operations) throws IOException {
        Meter now = read(server);
        return new Used(
                (now.processorNanos - processorNanos) / 1e3 / operations,
                (now.writtenBytes - writtenBytes) / operations);
    }
}
