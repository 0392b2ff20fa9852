package io.verstak.bench;

import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.LoadResult;
import io.verstak.bench.load.PushRequests;
import io.verstak.bench.load.Requests;
import io.verstak.bench.server.Devices;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.util.List;

/** The same loads on one server twice: while its log is short, and when millions of ops are in it. */
final class FilledLogSuite implements Suite {
    private static final double SLOWEST = 1 / 1.3;
    private static final int CONNECTIONS = 32;

    private record Rates(LoadResult pushOfOne, LoadResult pushOfHundred, LoadResult pullOfFew, LoadResult pullOfMany) {}

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome home = workspace.newHome();
        FilledVaults small = FilledVaults.shortLog(home, plan.manyVaults());
        FilledVaults large = FilledVaults.longLog(home, plan.manyVaults(), plan.filledOps());
        List<byte[]> devices = Devices.inVaults(home, 256, plan.vaults());
        try (ServerProcess server = ServerProcess.start(home)) {
            // The short log is not filled before its pushes are measured, which thus see an empty one.
            Load load = new Load(server, plan, report);
            load.warmUp(devices);
            LoadResult one = load.push(1, devices);
            LoadResult hundred = load.push(100, devices);
            small.fill(server, report);
            load.run(CONNECTIONS, small.pullsOfFew(CONNECTIONS));
            Rates before = new Rates(
                    one,
                    hundred,
                    load.run(CONNECTIONS, small.pullsOfFew(CONNECTIONS)),
                    load.run(CONNECTIONS, small.pullsOfMany(CONNECTIONS)));
            large.fill(server, report);
            Rates after = new Rates(
                    load.push(1, devices),
                    load.push(100, devices),
                    load.run(CONNECTIONS, large.pullsOfFew(CONNECTIONS)),
                    load.run(CONNECTIONS, large.pullsOfMany(CONNECTIONS)));
            report.peak(server.memory());
            addRows(report, plan.filledOps(), before, after);
        } finally {
            Workspace.remove(home.folder());
        }
    }

    private static void addRows(Report report, long ops, Rates before, Rates after) {
        String log = ", %,d ops in the log".formatted(ops);
        report.add(row("push of 1 op, 256 connections" + log, before.pushOfOne(), after.pushOfOne(), 1, "ops"));
        report.add(row(
                "push of 100 ops, 32 connections" + log, before.pushOfHundred(), after.pushOfHundred(), 100, "ops"));
        report.add(row("pull over 10 vaults, 32 connections" + log, before.pullOfFew(), after.pullOfFew(), 1, "pages"));
        report.add(row(
                "pull over many vaults, 32 connections" + log, before.pullOfMany(), after.pullOfMany(), 1, "pages"));
    }

    private static Row row(String name, LoadResult before, LoadResult after, int perRequest, String unit) {
        double ratio = after.perSecond() / before.perSecond();
        return Row.of(name, after, perRequest, unit)
                .against("short log", before.perSecond() * perRequest, ratio)
                .wanting("≥ 0.77", ratio >= SLOWEST);
    }

    /** Runs of requests against one server. */
    private record Load(ServerProcess server, Plan plan, Report report) {
        LoadResult push(int ops, List<byte[]> devices) throws Exception {
            return run(ops == 1 ? devices.size() : CONNECTIONS, new PushRequests(ops, devices));
        }

        void warmUp(List<byte[]> devices) throws Exception {
            report.checked(
                    "warm-up",
                    LoadClient.run(server.address(), CONNECTIONS, new PushRequests(100, devices), plan.warmUp()));
        }

        LoadResult run(int connections, Requests requests) throws Exception {
            return report.checked("long log", LoadClient.run(server.address(), connections, requests, plan.pace()));
        }
    }
}
