package io.verstak.bench;

import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.LoadResult;
import io.verstak.bench.load.LoginRequests;
import io.verstak.bench.load.Pace;
import io.verstak.bench.load.PushRequests;
import io.verstak.bench.server.Devices;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** More logins than the server can hash, and what devices that sync notice of them. */
final class LoginSuite implements Suite {
    private static final int AT_ONCE = 100;
    private static final double LOGINS_PER_SECOND = 100;
    private static final int DEVICES = 32;
    private static final double PUSHES_PER_SECOND = 500;

    /** Two threads with 19 MiB each, and as much again for requests and what the collector has not got to. */
    private static final long WANTED_KIB = 80 << 10;

    private static final double WANTED_RATIO = 1.5;

    /** What was measured while both ran. */
    private record Together(LoadResult pushes, LoadResult logins, LoginRequests counted) {}

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome home = workspace.newHome();
        List<byte[]> tokens = Devices.inVaults(home, DEVICES, plan.vaults());
        try (ServerProcess server = ServerProcess.start(home)) {
            long before = server.memory().residentKib();
            // Together: code that was compiled for pushes alone is thrown away when the first logins come.
            together(server, tokens, plan.warmUp(), report);
            LoadResult alone = pushes(server, tokens, plan.pace(), report);
            report.add(Row.of("push of 1 op, 500/s, nobody signs in", alone, 1, "ops"));
            Together beside = together(server, tokens, plan.pace(), report);
            long grown = server.memory().residentKib() - before;
            double ratio = beside.pushes().p99Millis() / alone.p99Millis();
            report.add(Row.of("the same beside 100 logins/s", beside.pushes(), 1, "ops")
                    .against("p99 alone", alone.p99Millis(), ratio)
                    .wanting("p99 within 1.5", ratio <= WANTED_RATIO));
            report.add(Row.of("logins, 100 connections, open loop of 100/s", beside.logins(), 1, "answers")
                    .noting("%d signed in, %d refused with 503"
                            .formatted(
                                    beside.counted().signedIn(),
                                    beside.counted().refused())));
            report.add(Row.of("RSS, growth with these pushes and logins", grown / 1024 + " MiB")
                    .wanting("< 80 MiB", grown < WANTED_KIB));
            report.peak(server.memory());
        }
    }

    private static Together together(ServerProcess server, List<byte[]> tokens, Pace pace, Report report)
            throws Exception {
        LoginRequests logins = new LoginRequests(ServerHome.USER, ServerHome.PASSWORD);
        ExecutorService storms = Executors.newSingleThreadExecutor();
        try {
            Future<LoadResult> storm = storms.submit(
                    () -> LoadClient.run(server.address(), AT_ONCE, logins, pace.openLoop(LOGINS_PER_SECOND)));
            LoadResult pushes = pushes(server, tokens, pace, report);
            return new Together(pushes, report.checked("logins", storm.get()), logins);
        } finally {
            storms.shutdown();
        }
    }

    private static LoadResult pushes(ServerProcess server, List<byte[]> tokens, Pace pace, Report report)
            throws Exception {
        return report.checked(
                "pushes",
                LoadClient.run(
                        server.address(), DEVICES, new PushRequests(1, tokens), pace.openLoop(PUSHES_PER_SECOND)));
    }
}
