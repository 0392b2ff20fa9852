package io.verstak.bench;

import io.verstak.bench.Bench.Group;
import io.verstak.bench.load.Pace;
import io.verstak.bench.profile.Profiler;
import io.verstak.bench.profile.Profiler.Event;
import io.verstak.bench.profile.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** The loads of a push and of a pull, each under the profiler of processor time and then under that of allocations. */
final class Profiling {
    /** The groups that can be profiled. */
    static final Set<Group> GROUPS = EnumSet.of(Group.PUSH, Group.PULL);

    /** Of the server's processor, its compilers included: with less, what is profiled is half compiled. */
    private static final double WARM_UP_SECONDS = 16;

    /** A machine with other work gives the server little of its processors. */
    private static final int MOST_WARM_UPS = 30;

    private final Plan plan;
    private final Report report;
    private final Path folder;
    private final ProfileTable table = new ProfileTable();

    /** A load on the server; its cost is that of a request. */
    private interface Load {
        Cost at(Pace pace) throws IOException;
    }

    /** @param folder that gets the samples and their flame graphs */
    Profiling(Plan plan, Report report, Path folder) {
        this.plan = plan;
        this.report = report;
        this.folder = folder;
    }

    void run(Workspace workspace, Set<Group> groups) throws Exception {
        Files.createDirectories(folder);
        try (Contender server = Contender.start(workspace, plan, report)) {
            Profiler profiler = Profiler.of(server.pid(), folder);
            if (groups.contains(Group.PUSH)) {
                profile(server, profiler, "push of 1 op, 32 connections", pace -> server.push(1, Contender.FEW, pace));
                profile(
                        server,
                        profiler,
                        "push of 1 op, 256 connections",
                        pace -> server.push(1, Contender.MANY, pace));
                profile(
                        server,
                        profiler,
                        "push of 100 ops, 32 connections",
                        pace -> server.push(100, Contender.FEW, pace).each(100));
            }
            if (groups.contains(Group.PULL)) {
                server.fill();
                profile(server, profiler, "pull of 100 ops, 32 connections", server::pullOfFew);
            }
        }
        report.detail(table.markdown());
    }

    private void profile(Contender server, Profiler profiler, String name, Load load) throws IOException {
        double warm = server.processorSeconds() + WARM_UP_SECONDS;
        for (int turn = 0; turn < MOST_WARM_UPS && server.processorSeconds() < warm; turn++) {
            load.at(plan.pace());
        }
        profiler.start(Event.CPU);
        Cost cost = load.at(plan.pace());
        Samples processor = profiler.stop(file(name, "cpu"));
        profiler.start(Event.ALLOC);
        Cost allocating = load.at(plan.pace());
        Samples allocated = profiler.stop(file(name, "alloc"));
        table.add(
                name,
                cost.processorMicros(),
                processor.shares(),
                allocated.sum() / allocating.operations(),
                allocated.shares());
        report.tell(name + ": " + Row.number(cost.processorMicros()) + " µs of CPU, sampled "
                + Row.number(processor.sum() / 1e3 / cost.operations()));
    }

    private static String file(String name, String event) {
        return name.replaceAll("[ ,]+", "-") + "-" + event;
    }
}
