package io.verstak.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A control group that gives a process a part of a processor: cgroup v1 or v2, whichever the machine has. Needs root. */
public final class ProcessorCap implements AutoCloseable {
    /** A short one, so that a process does not rest long with what it holds. */
    private static final int PERIOD_MICROS = 10_000;

    private static final Path OLD_ROOT = Path.of("/sys/fs/cgroup/cpu");
    private static final Path NEW_ROOT = Path.of("/sys/fs/cgroup");

    private final Path group;
    private final long pid;

    private ProcessorCap(Path group, long pid) {
        this.group = group;
        this.pid = pid;
    }

    /** @param cores below 1 a part of one */
    public static ProcessorCap of(long pid, double cores) throws IOException {
        boolean old = Files.exists(OLD_ROOT.resolve("cpu.cfs_quota_us"));
        Path root = old ? OLD_ROOT : NEW_ROOT;
        Path group = Files.createDirectories(root.resolve("verstak-bench-" + pid));
        long quota = Math.round(cores * PERIOD_MICROS);
        if (old) {
            Files.writeString(group.resolve("cpu.cfs_period_us"), Integer.toString(PERIOD_MICROS));
            Files.writeString(group.resolve("cpu.cfs_quota_us"), Long.toString(quota));
        } else {
            Files.writeString(root.resolve("cgroup.subtree_control"), "+cpu");
            Files.writeString(group.resolve("cpu.max"), String.format(Locale.ROOT, "%s %s", quota, PERIOD_MICROS));
        }
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(pid));
        return new ProcessorCap(group, pid);
    }

    /** Lets the process have all that it needs. */
    @Override
    public void close() throws IOException {
        Files.writeString(group.resolveSibling("cgroup.procs"), Long.toString(pid));
        Files.delete(group);
    }
}
