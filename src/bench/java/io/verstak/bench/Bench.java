package io.verstak.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command behind {@code scripts/bench.sh}. Prints the table; fails when any request failed, not when a figure is
 * missed.
 */
@Command(
        name = "bench.sh",
        mixinStandardHelpOptions = true,
        description = "Measures the packaged server on this machine.")
public final class Bench implements Callable<Integer> {
    /** The groups of rows. */
    enum Group {
        START,
        PUSH,
        PULL,
        BLOB,
        WAIT,
        LOGIN,
        PAGES,
        FILL,
        OBJECTS,
        FILES,
        NODES;

        /** Those that a run without names has. */
        private static final Set<Group> USUAL = EnumSet.complementOf(EnumSet.of(OBJECTS, FILES, NODES));

        private Suite suite() {
            return switch (this) {
                case START -> new StartSuite();
                case PUSH -> new PushSuite();
                case PULL -> new PullSuite();
                case BLOB -> new BlobSuite();
                case WAIT -> new WaitSuite();
                case LOGIN -> new LoginSuite();
                case PAGES -> new PagesSuite();
                case FILL -> new FilledLogSuite();
                case OBJECTS -> new ObjectsSuite();
                case FILES -> new FilesSuite();
                case NODES -> new NodesSuite();
            };
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Option(
            names = "--quick",
            description = "Short rows, no long log: under three minutes. The default is the full run, under twenty.")
    private boolean quick;

    @Option(names = "--full", description = "The full run, which is also the default.")
    private boolean full;

    @Option(
            names = "--fill",
            paramLabel = "N",
            description = "Ops in the long log (full: 10000000, quick: 0, which leaves it out).")
    private long fill = -1;

    @Option(
            names = "--users",
            paramLabel = "N",
            description = "Users whose data the pages show (full: 100000, quick: 10000); ten audit entries for each.")
    private int users = -1;

    @Option(
            names = "--vaults",
            paramLabel = "N",
            defaultValue = "8",
            description = "Vaults that pushing devices share (${DEFAULT-VALUE}).")
    private int vaults;

    @Option(
            names = "--only",
            split = ",",
            description =
                    "Only these groups: ${COMPLETION-CANDIDATES}. OBJECTS, FILES and NODES run only if they are named. OBJECTS and"
                            + " NODES start an S3 server, and NODES a PostgreSQL, as root.")
    private Set<Group> only = EnumSet.copyOf(Group.USUAL);

    @Option(
            names = "--vs",
            paramLabel = "JAR",
            description = {
                "Compares instead: the same loads on this jar and on the one that this tree builds, in turn, each several times. "
                        + "One table shows rates, p99, the server's CPU an operation and the bytes that it writes for one. "
                        + "Groups: start, push, pull, login, blob; and fill, where --fill or --only names it. "
                        + "Five minutes with --quick, half an hour without."
            })
    private @Nullable Path vs;

    @Option(
            names = "--profile",
            description =
                    "Profiles instead: one table shows the server's CPU time of a push and of a pull, part by part, and the memory "
                            + "of their objects. Flame graphs go to target/profile. Groups: push, pull.")
    private boolean profile;

    @Option(
            names = "--work",
            defaultValue = "target/bench",
            description = "Where data directories are made and removed (${DEFAULT-VALUE}).")
    private Path work = Path.of("target/bench");

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Plan plan = quick && !full ? Plan.quick(vaults) : Plan.full(vaults);
        boolean leftOut = vs != null && !command.commandLine().getParseResult().hasMatchedOption("--only");
        Plan filled = fill >= 0 ? plan.filledWith(fill) : leftOut ? plan.filledWith(0) : plan;
        Plan sized = users < 1 ? filled : filled.withUsers(users);
        Report report =
                new Report(command.commandLine().getOut(), command.commandLine().getErr());
        if (profile) {
            profile(sized, report);
        } else if (vs == null) {
            measure(sized, report);
        } else {
            compare(vs, sized, report);
        }
        report.print();
        return report.hasFailures() ? 1 : 0;
    }

    private void measure(Plan plan, Report report) throws Exception {
        try (Workspace workspace = Workspace.create(work)) {
            for (Group group : Group.values()) {
                if (only.contains(group) && (group != Group.FILL || plan.filledOps() > 0)) {
                    group.suite().run(workspace, plan, report);
                }
            }
        }
    }

    private void profile(Plan plan, Report report) throws Exception {
        try (Workspace workspace = Workspace.createProfiled(work)) {
            new Profiling(plan, report, Path.of("target/profile")).run(workspace, among(Profiling.GROUPS, "--profile"));
        }
    }

    private void compare(Path jar, Plan plan, Report report) throws Exception {
        if (!Files.isRegularFile(jar)) {
            throw new ParameterException(command.commandLine(), "--vs: there is no file " + jar);
        }
        new Comparison(plan, report).run(work, jar, among(Comparison.GROUPS, "--vs"));
    }

    private Set<Group> among(Set<Group> possible, String option) {
        Set<Group> groups = EnumSet.copyOf(possible);
        groups.retainAll(only);
        if (groups.isEmpty()) {
            throw new ParameterException(command.commandLine(), option + " has no rows for --only " + only);
        }
        return groups;
    }
}
