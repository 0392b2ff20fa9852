package io.verstak.bench;

import io.verstak.bench.Bench.Group;
import io.verstak.bench.load.LoginRequests;
import io.verstak.bench.load.Pace;
import io.verstak.bench.load.Upload;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import io.verstak.bench.server.ServerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * The same loads on two jars. Both servers run all the time; a load on the one is followed by the same on the other, several
 * times over, so that what else the machine does hits both. A row shows the medians of these turns.
 */
final class Comparison {
    /** The groups that have rows here. */
    static final Set<Group> GROUPS =
            EnumSet.of(Group.START, Group.PUSH, Group.PULL, Group.BLOB, Group.LOGIN, Group.FILL);

    private static final Duration SETTLING = Duration.ofSeconds(2);
    private static final int LOGINS_AT_ONCE = 2;
    private static final double WARM_UP_SECONDS = 8;
    private static final int MOST_WARM_UPS = 10;

    private final Plan plan;
    private final Report report;
    private final List<ComparedRow> rows = new ArrayList<>();

    /** A load on one of the two. */
    private interface Load {
        Cost on(Contender server) throws Exception;
    }

    /** Work that no row tells of. */
    private interface Preparation {
        void on(Contender server) throws Exception;
    }

    /** What a server took to become ready, and at rest. */
    private record Start(double millis, double processorMillis, double mebibytes) {
        static Start of(Workspace workspace) throws IOException {
            try (ServerProcess server = ServerProcess.start(workspace.newHome())) {
                double processorMillis = server.time().nanos() / 1e6;
                LockSupport.parkNanos(SETTLING.toNanos());
                return new Start(
                        server.untilReady().toNanos() / 1e6,
                        processorMillis,
                        server.memory().residentKib() / 1024.0);
            }
        }
    }

    Comparison(Plan plan, Report report) {
        this.plan = plan;
        this.report = report;
    }

    /** Runs the groups on a jar and on the one that this tree has built, and hands the table to the report. */
    void run(Path work, Path jar, Set<Group> groups) throws Exception {
        Path built = ServerProgram.BUILT.jar();
        try (Workspace before = Workspace.create(work, jar);
                Workspace now = Workspace.create(work, built)) {
            if (groups.contains(Group.START)) {
                starts(before, now);
            }
            if (!groups.equals(EnumSet.of(Group.START))) {
                try (Contender first = Contender.start(before, plan, report);
                        Contender second = Contender.start(now, plan, report)) {
                    loads(List.of(first, second), groups, before);
                }
            }
        }
        report.detail(ComparedRow.table(jar, built, rows));
    }

    private void starts(Workspace before, Workspace now) throws IOException {
        List<Start> first = new ArrayList<>();
        List<Start> second = new ArrayList<>();
        for (int turn = 0; turn < plan.turns(); turn++) {
            first.add(Start.of(before));
            second.add(Start.of(now));
        }
        row("start to ready", " ms", first, second, Start::millis);
        row("CPU of a start", " ms", first, second, Start::processorMillis);
        row("RSS, idle", " MiB", first, second, Start::mebibytes);
    }

    private void row(String name, String unit, List<Start> first, List<Start> second, ToDoubleFunction<Start> figure) {
        double before = Medians.of(first.stream().mapToDouble(figure).toArray());
        double now = Medians.of(second.stream().mapToDouble(figure).toArray());
        add(ComparedRow.of(name, unit, before, now));
    }

    private void loads(List<Contender> servers, Set<Group> groups, Workspace workspace) throws Exception {
        if (groups.contains(Group.PUSH)) {
            pushes(servers, "");
        }
        if (groups.contains(Group.PULL)) {
            prepare(servers, Contender::fill);
            pulls(servers, Contender::pullOfFew, Contender::pullOfMany, "");
        }
        if (groups.contains(Group.LOGIN)) {
            logins(servers);
        }
        if (groups.contains(Group.BLOB)) {
            uploads(servers, workspace);
        }
        if (groups.contains(Group.FILL) && plan.filledOps() > 0) {
            String log = ", %,d ops in the log".formatted(plan.filledOps());
            prepare(servers, Contender::fillLongLog);
            pushes(servers, log);
            pulls(servers, Contender::pullOfLongFew, Contender::pullOfLongMany, log);
        }
        add(ComparedRow.of(
                "RSS, peak over all loads",
                " MiB",
                servers.get(0).peakMebibytes(),
                servers.get(1).peakMebibytes()));
    }

    private void pushes(List<Contender> servers, String log) throws Exception {
        warmUp(servers, server -> server.push(100, Contender.FEW, plan.pace()));
        warmUp(servers, server -> server.push(1, Contender.MANY, plan.pace()));
        for (int ops : new int[] {100, 10, 1}) {
            push(servers, ops, Contender.FEW, log);
        }
        push(servers, 1, Contender.MANY, log);
    }

    private void push(List<Contender> servers, int ops, int connections, String log) throws Exception {
        String name = "push of %d op%s, %d connections%s".formatted(ops, ops == 1 ? "" : "s", connections, log);
        row(name, " ops/s", servers, server -> server.push(ops, connections, plan.pace()));
    }

    /** A load of pulls, at a pace. */
    private interface Pull {
        Cost on(Contender server, Pace pace) throws IOException;
    }

    private void pulls(List<Contender> servers, Pull few, Pull many, String log) throws Exception {
        warmUp(servers, server -> few.on(server, plan.pace()));
        String name = "pull of 100 ops, %d connections, %,d vaults%s";
        row(
                name.formatted(Contender.FEW, FilledVaults.FEW, log),
                " pages/s",
                servers,
                server -> few.on(server, plan.pace()));
        row(
                name.formatted(Contender.FEW, plan.manyVaults(), log),
                " pages/s",
                servers,
                server -> many.on(server, plan.pace()));
    }

    private void logins(List<Contender> servers) throws Exception {
        row(
                "login, %d connections".formatted(LOGINS_AT_ONCE),
                " logins/s",
                servers,
                server -> server.run(
                        "login",
                        LOGINS_AT_ONCE,
                        new LoginRequests(ServerHome.USER, ServerHome.PASSWORD),
                        1,
                        plan.pace()));
    }

    private void uploads(List<Contender> servers, Workspace workspace) throws Exception {
        Path file = BlobSuite.randomFile(workspace.file("blob.bin"), plan.megabytes());
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(file));
        uploads(servers, "multipart", (server, token) -> Upload.multipart(server.address(), token, file));
        uploads(servers, "PUT", (server, token) -> Upload.put(server.address(), token, file, digest));
    }

    private void uploads(List<Contender> servers, String kind, Contender.NewUpload upload) throws Exception {
        warmUp(servers, server -> server.upload(upload, 1, plan.megabytes()));
        for (int atOnce : new int[] {1, BlobSuite.MANY}) {
            String name = "upload by %s, %d at once, %d MB".formatted(kind, atOnce, plan.megabytes());
            row(name, " MB/s", servers, server -> server.upload(upload, atOnce, plan.megabytes()));
        }
    }

    /** Until the JVM has compiled what the rows run: by the server's processor time, of which a busy machine gives it little. */
    private static void warmUp(List<Contender> servers, Load load) throws Exception {
        for (Contender server : servers) {
            double until = server.processorSeconds() + WARM_UP_SECONDS;
            for (int turn = 0; turn < MOST_WARM_UPS && server.processorSeconds() < until; turn++) {
                load.on(server);
            }
        }
    }

    private static void prepare(List<Contender> servers, Preparation work) throws Exception {
        for (Contender server : servers) {
            work.on(server);
        }
    }

    private void row(String name, String unit, List<Contender> servers, Load load) throws Exception {
        List<Cost> before = new ArrayList<>();
        List<Cost> now = new ArrayList<>();
        for (int turn = 0; turn < plan.turns(); turn++) {
            // The server that goes second pays for what the first still does, so they change places.
            if (turn % 2 == 0) {
                before.add(load.on(servers.get(0)));
                now.add(load.on(servers.get(1)));
            } else {
                now.add(load.on(servers.get(1)));
                before.add(load.on(servers.get(0)));
            }
        }
        add(ComparedRow.of(name, unit, before, now));
    }

    private void add(ComparedRow row) {
        rows.add(row);
        report.tell(row.markdown());
    }
}
