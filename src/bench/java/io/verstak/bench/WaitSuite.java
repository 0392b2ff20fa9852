package io.verstak.bench;

import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.LoadResult;
import io.verstak.bench.load.Pace;
import io.verstak.bench.load.PushRequests;
import io.verstak.bench.load.WaitKind;
import io.verstak.bench.load.Waiting;
import io.verstak.bench.load.WakeProbe;
import io.verstak.bench.server.Devices;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Ten thousand devices that wait: what they cost in memory, how fast a push wakes those of its vault, and what others
 * notice of them.
 */
final class WaitSuite implements Suite {
    private static final int DEVICES = 10_000;
    private static final int VAULTS = 2_000;
    private static final int PUSHES = 400;
    private static final Duration BETWEEN = Duration.ofMillis(10);

    /** Until all wait that have come at once: the server lets them take turns. They ask again after 25 s. */
    private static final Duration SETTLING = Duration.ofSeconds(8);

    private static final int OTHERS = 32;
    private static final double OTHERS_PER_SECOND = 1_000;
    private static final long WANTED_KIB = 200_000_000 / 1024;
    private static final double WANTED_MILLIS = 50;
    private static final double WANTED_RATIO = 1.5;

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome home = workspace.newHome();
        List<byte[]> waiting = Devices.inVaults(home, DEVICES, VAULTS);
        List<byte[]> together = Devices.inVaults(home, DEVICES, 1);
        List<byte[]> others = Devices.inVaults(home, OTHERS, plan.vaults());
        for (WaitKind kind : WaitKind.values()) {
            try (ServerProcess server = ServerProcess.start(home)) {
                measure(server, kind, waiting, others, plan, report);
                report.peak(server.memory());
            }
            try (ServerProcess server = ServerProcess.start(home)) {
                others(server, others, plan.warmUp(), report);
                wakeAll(server, kind, together, report);
                report.peak(server.memory());
            }
        }
    }

    private static void measure(
            ServerProcess server, WaitKind kind, List<byte[]> tokens, List<byte[]> others, Plan plan, Report report)
            throws Exception {
        String name = name(kind);
        Pace pace = plan.pace().openLoop(OTHERS_PER_SECOND);
        others(server, others, plan.warmUp().openLoop(OTHERS_PER_SECOND), report);
        LoadResult alone = others(server, others, pace, report);
        report.add(Row.of("push of 1 op, 1,000/s, nobody waits", alone, 1, "ops"));
        long before = server.memory().residentKib();
        try (Waiting waiting = Waiting.open(server.address(), tokens, VAULTS, kind)) {
            LockSupport.parkNanos(SETTLING.toNanos());
            long grown = server.memory().residentKib() - before;
            report.add(
                    Row.of("RSS, growth with " + name, grown / 1024 + " MiB").wanting("< 200 MB", grown < WANTED_KIB));
            LoadResult beside = others(server, others, pace, report);
            double ratio = beside.p99Millis() / alone.p99Millis();
            report.add(Row.of("the same beside " + name, beside, 1, "ops")
                    .against("p99 alone", alone.p99Millis(), ratio)
                    .wanting("p99 within 1.5", ratio <= WANTED_RATIO));
            long start = System.nanoTime();
            WakeProbe.run(server.address(), tokens, VAULTS, PUSHES, BETWEEN, waiting);
            LoadResult wakes = report.checked(name, waiting.result((System.nanoTime() - start) / 1e9));
            report.add(Row.of("push to wake, " + name + ", 5 per vault", wakes, 1, "wakes")
                    .wanting("p99 < 50 ms", wakes.p99Millis() < WANTED_MILLIS));
        }
    }

    private static LoadResult others(ServerProcess server, List<byte[]> tokens, Pace pace, Report report)
            throws Exception {
        return report.checked("others", LoadClient.run(server.address(), OTHERS, new PushRequests(1, tokens), pace));
    }

    /** The worst case: all of one vault. The load tool alone takes a good part of that time to read them. */
    private static void wakeAll(ServerProcess server, WaitKind kind, List<byte[]> tokens, Report report)
            throws Exception {
        String name = name(kind);
        try (Waiting waiting = Waiting.open(server.address(), tokens, 1, kind)) {
            LockSupport.parkNanos(SETTLING.toNanos());
            long start = System.nanoTime();
            WakeProbe.run(server.address(), tokens, 1, 5, Duration.ofSeconds(1), waiting);
            LoadResult wakes = report.checked(name, waiting.result((System.nanoTime() - start) / 1e9));
            report.add(Row.of("push to wake, " + name + ", all of one vault", wakes, 1, "wakes"));
        }
    }

    private static String name(WaitKind kind) {
        return switch (kind) {
            case STREAM -> "10,000 streams";
            case PULL -> "10,000 waiting pulls";
        };
    }
}
