package io.verstak.bench;

import io.verstak.bench.limit.PlainServer;
import io.verstak.bench.limit.RawReads;
import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.LoadResult;
import io.verstak.bench.load.OneRequest;
import io.verstak.bench.load.Pace;
import io.verstak.bench.load.PullRequests;
import io.verstak.bench.load.Replayed;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pulls of full pages over a few large vaults and over many small ones. */
final class PullSuite implements Suite {
    private static final int CONNECTIONS = 32;

    private record Pulls(LoadResult result, Meter.Used used) {}

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome home = workspace.newHome();
        FilledVaults vaults = FilledVaults.shortLog(home, plan.manyVaults());
        Pulls few;
        Pulls many;
        byte[] page;
        try (ServerProcess server = ServerProcess.start(home)) {
            vaults.fill(server, report);
            pull(server, vaults.pullsOfFew(CONNECTIONS), plan.warmUp(), report);
            few = pull(server, vaults.pullsOfFew(CONNECTIONS), plan.pace(), report);
            many = pull(server, vaults.pullsOfMany(CONNECTIONS), plan.pace(), report);
            page = OneRequest.answer(server.address(), vaults.pullsOfFew(1));
            report.peak(server.memory());
        }
        double plain = plainPagesPerSecond(workspace, plan, report, page, vaults.pullsOfFew(CONNECTIONS));
        double flat = many.result().perSecond() / few.result().perSecond();
        report.add(row(
                "10 vaults",
                few,
                plain,
                RawReads.pagesPerSecond(home, vaults.opsPerLarge(), plan.pace().measured())));
        report.add(row(
                        "%,d vaults".formatted(plan.manyVaults()),
                        many,
                        plain,
                        RawReads.pagesPerSecond(
                                home, vaults.opsPerSmall(), plan.pace().measured()))
                .wanting("%s of the rate over 10 vaults ≥ 0.77".formatted(Row.fraction(flat)), flat >= 1 / 1.3));
        Workspace.remove(home.folder());
    }

    private static Pulls pull(ServerProcess server, PullRequests requests, Pace pace, Report report)
            throws IOException {
        Meter meter = Meter.read(server);
        LoadResult result = report.checked("pull", LoadClient.run(server.address(), CONNECTIONS, requests, pace));
        return new Pulls(result, meter.each((double) result.allAnswers()));
    }

    private static Row row(String vaults, Pulls pulls, double plain, double raw) {
        double ratio = pulls.result().perSecond() / plain;
        return Row.of("pull of 100 ops, 32 connections, " + vaults, pulls.result(), 1, "pages")
                .using(pulls.used())
                .against("plain handler, pages/s", plain, ratio)
                .noting("read by SQL in one thread: " + Row.number(raw))
                .wanting("≥ 0.30", ratio >= 0.30);
    }

    private static double plainPagesPerSecond(
            Workspace workspace, Plan plan, Report report, byte[] page, PullRequests requests) throws IOException {
        Path file = Files.write(workspace.file("page.json"), page);
        try (PlainServer plain = PlainServer.start(workspace.file("plain.log"), file, file)) {
            return report.checked(
                            "plain handler",
                            LoadClient.run(
                                    plain.address(), CONNECTIONS, new Replayed(requests, page.length), plan.pace()))
                    .perSecond();
        }
    }
}
