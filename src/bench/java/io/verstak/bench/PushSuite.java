package io.verstak.bench;

import io.verstak.bench.limit.RawInserts;
import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.LoadResult;
import io.verstak.bench.load.Pace;
import io.verstak.bench.load.PushRequests;
import io.verstak.bench.server.CommitStats;
import io.verstak.bench.server.Devices;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Pushes of 100, 10 and 1 ops; each row over vaults of its own, and right behind it raw inserts with as many ops per
 * transaction as the server had in it.
 */
final class PushSuite implements Suite {
    private static final int FEW = 32;
    private static final int MANY = 256;

    /** A row to be: what is pushed, and by whom. */
    private record Load(int ops, int connections, int vaults, List<byte[]> tokens) {
        String name() {
            return "push of %d op%s, %d connections, %d vaults"
                    .formatted(ops, ops == 1 ? "" : "s", connections, vaults);
        }
    }

    private record Measured(Load load, LoadResult result, double pushesPerCommit, Meter.Used used) {}

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome home = workspace.newHome();
        List<Load> loads = new ArrayList<>();
        for (int ops : new int[] {100, 10, 1}) {
            for (int connections : new int[] {FEW, MANY}) {
                loads.add(load(home, ops, connections, plan.vaults()));
            }
        }
        Load warmUp = load(home, 100, FEW, plan.vaults());
        Load scattered = load(home, 1, MANY, MANY);
        Load open = load(home, 1, MANY, plan.vaults());
        try (ServerProcess server = ServerProcess.start(home)) {
            CommitStats commits = new CommitStats(home);
            RawInserts raw = RawInserts.like(home, workspace.file("raw.db"));
            measure(server, commits, warmUp, plan.warmUp(), report);
            double rate = 0;
            for (Load load : loads) {
                Measured measured = measure(server, commits, load, plan.pace(), report);
                report.add(row(measured, raw, plan));
                rate = measured.result().perSecond();
            }
            report.add(row(measure(server, commits, scattered, plan.pace(), report), raw, plan));
            Measured halved = measure(server, commits, open, plan.pace().openLoop(rate / 2), report);
            report.add(Row.of(open.name() + ", open loop", halved.result(), open.ops(), "ops")
                    .using(halved.used())
                    .noting("half of the closed loop: " + Row.number(rate / 2)));
            report.peak(server.memory());
        } finally {
            Workspace.remove(home.folder());
        }
    }

    private static Load load(ServerHome home, int ops, int connections, int vaults) throws Exception {
        return new Load(ops, connections, vaults, Devices.inVaults(home, connections, vaults));
    }

    private static Measured measure(ServerProcess server, CommitStats commits, Load load, Pace pace, Report report)
            throws IOException {
        int before = commits.commits();
        Meter meter = Meter.read(server);
        LoadResult result = report.checked(
                load.name(),
                LoadClient.run(
                        server.address(), load.connections(), new PushRequests(load.ops(), load.tokens()), pace));
        Meter.Used used = meter.each((double) result.allAnswers() * load.ops());
        int committed = Math.max(1, commits.commits() - before);
        return new Measured(load, result, (double) result.allAnswers() / committed, used);
    }

    private static Row row(Measured measured, RawInserts raw, Plan plan) throws Exception {
        Load load = measured.load();
        LoadResult result = measured.result();
        int opsPerCommit = (int) Math.max(1, Math.round(measured.pushesPerCommit() * load.ops()));
        double limit = raw.opsPerSecond(opsPerCommit, load.vaults(), plan.pace());
        double ratio = result.perSecond() * load.ops() / limit;
        Row row = Row.of(load.name(), result, load.ops(), "ops")
                .using(measured.used())
                .against("raw inserts, " + opsPerCommit + " a commit, ops/s", limit, ratio);
        if (load.ops() == 100) {
            return row.wanting("≥ 0.70", ratio >= 0.70);
        }
        if (load.ops() == 1 && load.connections() == MANY) {
            double spread = result.p99Millis() / result.p50Millis();
            return row.wanting(
                            "%s pushes per commit ≥ 15".formatted(Row.number(measured.pushesPerCommit())),
                            measured.pushesPerCommit() >= 15)
                    .wanting("p99 / p50 = %s < 4".formatted(Row.number(spread)), spread < 4);
        }
        return row;
    }
}
