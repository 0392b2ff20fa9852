package io.verstak.bench.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Keeps a server on the first core, with all the threads that it has and will have: {@code taskset} of util-linux. */
public final class OneCore {
    private OneCore() {}

    /** Returns when the server has only that core. */
    public static void keep(ServerProcess server) throws IOException, InterruptedException {
        Process taskset = new ProcessBuilder(
                        "taskset", "--all-tasks", "--cpu-list", "--pid", "0", Long.toString(server.pid()))
                .redirectErrorStream(true)
                .start();
        String said = new String(taskset.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (taskset.waitFor() != 0) {
            throw new IOException("taskset: " + said);
        }
    }
}
