package io.verstak.bench;

import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** From start to ready, and memory at rest. */
final class StartSuite implements Suite {
    private static final Duration SETTLING = Duration.ofSeconds(2);
    private static final double WANTED_SECONDS = 1.5;
    private static final long WANTED_IDLE_MIB = 200;

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws IOException {
        ServerHome home = workspace.newHome();
        double[] seconds = new double[plan.starts()];
        for (int start = 0; start < seconds.length; start++) {
            try (ServerProcess server = ServerProcess.start(home)) {
                seconds[start] = server.untilReady().toNanos() / 1e9;
                if (start == seconds.length - 1) {
                    LockSupport.parkNanos(SETTLING.toNanos());
                    long mib = server.memory().residentKib() / 1024;
                    report.add(Row.of("RSS, idle", mib + " MiB")
                            .wanting("< " + WANTED_IDLE_MIB + " MiB", mib < WANTED_IDLE_MIB));
                    report.peak(server.memory());
                }
            }
        }
        double median = Medians.of(seconds);
        report.add(Row.of("start to ready, median of " + seconds.length, Row.fraction(median) + " s")
                .wanting("≤ " + WANTED_SECONDS + " s", median <= WANTED_SECONDS));
    }
}
