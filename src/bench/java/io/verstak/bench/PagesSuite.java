package io.verstak.bench;

import io.verstak.bench.load.Visitor;
import io.verstak.bench.server.DatasetGenerator;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import io.verstak.bench.server.SignIn;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** All pages and the administrators' lists, one after another by one visitor, over the data of many users. */
final class PagesSuite implements Suite {
    private static final double WANTED_MILLIS = 20;

    /** Each address is visited in so many places of the run, so that no moment of the machine is one address's alone. */
    private static final int ROUNDS = 4;

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome home = workspace.newHome();
        DatasetGenerator.fill(home, plan.users());
        List<String> addresses = PageAddresses.of(plan.users());
        try (ServerProcess server = ServerProcess.start(home)) {
            String cookies = SignIn.cookies(server);
            try (Visitor visitor = new Visitor(server.address(), cookies)) {
                PageFigures first = new PageFigures();
                for (String address : addresses) {
                    first.opened(address, visitor.open(address));
                }
                warmUp(visitor, addresses, plan);
                PageFigures warm = new PageFigures();
                for (int round = 0; round < ROUNDS; round++) {
                    measure(server, visitor, addresses, plan.visits() / ROUNDS, warm);
                }
                report.add(row(warm, plan));
                report.add(firstViews(first));
                report.detail(warm.table(PageAddresses.PLAINEST));
            }
            report.peak(server.memory());
        } finally {
            Workspace.remove(home.folder());
        }
    }

    private static void warmUp(Visitor visitor, List<String> addresses, Plan plan) throws IOException {
        long end = System.nanoTime() + plan.warmUp().warmUp().toNanos();
        do {
            for (String address : addresses) {
                visitor.open(address);
            }
        } while (System.nanoTime() - end < 0);
    }

    private static void measure(
            ServerProcess server, Visitor visitor, List<String> addresses, int visits, PageFigures figures)
            throws IOException {
        for (String address : addresses) {
            long before = server.time().nanos();
            for (int visit = 0; visit < visits; visit++) {
                figures.opened(address, visitor.open(address));
            }
            figures.took(address, server.time().nanos() - before);
        }
    }

    private static Row row(PageFigures figures, Plan plan) {
        Histogram all = figures.all();
        String slowest = figures.slowest();
        String dearest = figures.dearest();
        String plainest = PageAddresses.PLAINEST;
        long slow = figures.slowerThan(WANTED_MILLIS);
        return Row.of(
                        String.format(
                                Locale.ROOT,
                                "%d pages and lists, %,d users, %,d audit entries",
                                figures.count(),
                                plan.users(),
                                DatasetGenerator.auditEntries(plan.users())),
                        all)
                .against(
                        "p50 of the plainest page, ms",
                        figures.p50Millis(plainest),
                        all.getValueAtPercentile(50) / 1e6 / figures.p50Millis(plainest))
                .noting(String.format(
                        Locale.ROOT,
                        "slowest `%s`: p99 %.1f ms; most processor time `%s`: %.1f ms",
                        slowest,
                        figures.p99Millis(slowest),
                        dearest,
                        figures.processorMillis(dearest)))
                .wanting(
                        slow == 0 ? "p99 of each < 20 ms" : "p99 of each < 20 ms, %d are not".formatted(slow),
                        slow == 0);
    }

    private static Row firstViews(PageFigures figures) {
        String slowest = figures.slowest();
        return Row.of("the same, each for the first time after the start", figures.all())
                .noting(String.format(Locale.ROOT, "slowest `%s`: %.0f ms", slowest, figures.p99Millis(slowest)));
    }
}
