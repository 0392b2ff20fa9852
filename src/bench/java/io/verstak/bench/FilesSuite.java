package io.verstak.bench;

import io.verstak.bench.load.FileRequests;
import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.LoadResult;
import io.verstak.bench.load.Pace;
import io.verstak.bench.server.FileIndex;
import io.verstak.bench.server.OneCore;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the index of files costs: pushes to a server that keeps one, in turn with a server that does not; and the time in which a vault of a
 * million ops is indexed on one core.
 */
final class FilesSuite implements Suite {
    private static final int CONNECTIONS = 32;
    private static final int OPS_PER_PUSH = 10;
    private static final long INDEXED_OPS = 1_000_000;
    private static final double WANTED_SECONDS = 60;
    private static final double WANTED = 1.02;
    private static final Pace UNTIL_DONE = Pace.closedLoop(Duration.ZERO, Duration.ofHours(1));

    /** A server with devices, and the vaults that these share. */
    private record Side(ServerProcess server, List<byte[]> tokens, List<String> vaults) {

        Cost push(Plan plan, Report report) throws IOException {
            Meter meter = Meter.read(server);
            LoadResult result = report.checked(
                    "files",
                    LoadClient.run(
                            server.address(), CONNECTIONS, FileRequests.endless(OPS_PER_PUSH, tokens), plan.pace()));
            double ops = (double) result.allAnswers() * OPS_PER_PUSH;
            Meter.Used used = meter.each(ops);
            return new Cost(
                    result.perSecond() * OPS_PER_PUSH,
                    result.p99Millis(),
                    used.processorMicros(),
                    used.writtenBytes(),
                    ops);
        }

        void warmUp(Plan plan, Report report) throws IOException {
            report.checked(
                    "warm-up",
                    LoadClient.run(
                            server.address(), CONNECTIONS, FileRequests.endless(OPS_PER_PUSH, tokens), plan.warmUp()));
        }

        /** What the pushes have left to the follower must not run beside the other server's turn. */
        void awaitIndex() throws IOException, InterruptedException {
            for (int number = 0; number < vaults.size(); number++) {
                FileIndex.await(server, vaults.get(number), tokens.get(number));
            }
        }
    }

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        report.add(pushes(workspace, plan, report));
        report.add(indexing(workspace, report));
    }

    private static Row pushes(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome indexed = workspace.newHome().withFiles(true);
        ServerHome plain = workspace.newHome().withFiles(false);
        List<String> vaults = IntStream.range(0, Math.min(plan.vaults(), CONNECTIONS))
                .mapToObj(number -> "files-" + number)
                .toList();
        try (ServerProcess with = ServerProcess.start(indexed);
                ServerProcess without = ServerProcess.start(plain)) {
            Side keeping = new Side(with, indexed.pairDevices(with, CONNECTIONS, vaults), vaults);
            Side other = new Side(without, plain.pairDevices(without, CONNECTIONS, vaults), vaults);
            keeping.warmUp(plan, report);
            keeping.awaitIndex();
            other.warmUp(plan, report);
            List<Cost> costs = new ArrayList<>();
            List<Cost> otherCosts = new ArrayList<>();
            for (int turn = 0; turn < plan.turns(); turn++) {
                costs.add(keeping.push(plan, report));
                keeping.awaitIndex();
                otherCosts.add(other.push(plan, report));
            }
            report.peak(with.memory());
            return row(vaults.size(), Cost.median(costs), Cost.median(otherCosts));
        } finally {
            Workspace.remove(indexed.folder());
            Workspace.remove(plain.folder());
        }
    }

    private static Row row(int vaults, Cost with, Cost without) {
        double slower = without.perSecond() / with.perSecond();
        String name = "push of %s notes, %s connections, %s vaults, with an index of files"
                .formatted(OPS_PER_PUSH, CONNECTIONS, vaults);
        return Row.of(name, Row.number(with.perSecond()) + " ops/s")
                .using(new Meter.Used(with.processorMicros(), with.writtenBytes()))
                .against("without, ops/s", without.perSecond(), 1 / slower)
                .noting("p99 %s of %s ms".formatted(Row.number(with.p99Millis()), Row.number(without.p99Millis())))
                .noting("CPU %s of %s µs"
                        .formatted(Row.number(with.processorMicros()), Row.number(without.processorMicros())))
                .wanting("%s ≤ 1.02 times as long".formatted(Row.thousandths(slower)), slower <= WANTED);
    }

    /** The log is made by a server that indexes nothing; the next one indexes all of it at once, as for a person who looks at it. */
    private static Row indexing(Workspace workspace, Report report) throws Exception {
        ServerHome home = workspace.newHome().withFiles(false);
        try {
            List<String> vault = List.of("files");
            List<byte[]> tokens;
            try (ServerProcess server = ServerProcess.start(home)) {
                tokens = home.pairDevices(server, CONNECTIONS / 2, vault);
                report.checked(
                        "files",
                        LoadClient.run(
                                server.address(),
                                tokens.size(),
                                FileRequests.filling(INDEXED_OPS, tokens),
                                UNTIL_DONE));
            }
            try (ServerProcess server = ServerProcess.start(home.withFiles(true))) {
                OneCore.keep(server);
                long begun = System.nanoTime();
                FileIndex.await(server, vault.get(0), tokens.get(0));
                double seconds = (System.nanoTime() - begun) / 1e9;
                report.peak(server.memory());
                return Row.of(
                                "index of %s ops of a vault, one core".formatted(Row.number(INDEXED_OPS)),
                                Row.number(INDEXED_OPS / seconds) + " ops/s")
                        .wanting("%s s ≤ 60".formatted(Row.number(seconds)), seconds <= WANTED_SECONDS);
            }
        } finally {
            Workspace.remove(home.folder());
        }
    }
}
