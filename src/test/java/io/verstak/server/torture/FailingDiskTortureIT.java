package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.PackagedServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** System calls of the server process fail: a write, a flush, a rename, an open. Nothing is acknowledged that did not happen. */
class FailingDiskTortureIT {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long UNDER_FAULTS_NANOS = TimeUnit.SECONDS.toNanos(6);
    private static final long UNTIL_IT_ENDS_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final int OPS = 100;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void a_failed_flush_of_the_database_ends_the_process() throws Exception {
        assertThat(underFaults("fsync,fdatasync:error=EIO:when=30", true, UNTIL_IT_ENDS_NANOS))
                .isNotZero();
    }

    @Test
    void a_failed_flush_of_any_file_ends_the_process() throws Exception {
        assertThat(underFaults("fsync,fdatasync:error=EIO:when=4", false, UNTIL_IT_ENDS_NANOS))
                .isNotZero();
    }

    @Test
    void writes_to_the_database_that_find_no_space_are_refused() throws Exception {
        underFaults("pwrite64:error=ENOSPC:when=200+40", true, UNDER_FAULTS_NANOS);
    }

    @Test
    void writes_to_the_database_that_fail_are_not_acknowledged() throws Exception {
        underFaults("pwrite64:error=EIO:when=300+100", true, UNDER_FAULTS_NANOS);
    }

    @Test
    void renames_that_fail_acknowledge_no_blob() throws Exception {
        underFaults("rename,renameat,renameat2:error=EIO:when=3+3", false, UNDER_FAULTS_NANOS);
    }

    @Test
    void opens_that_fail_lose_nothing() throws Exception {
        underFaults("openat:error=EMFILE:when=60+20", false, UNDER_FAULTS_NANOS);
    }

    /**
     * Puts the server under load while system calls fail, and then starts it without faults.
     *
     * @param database whether only calls on the database's files fail
     * @param nanos how long it is given to end by itself
     * @return how the process ended; 0: it went on in spite of the faults, and was killed
     */
    private int underFaults(String faults, boolean database, long nanos) throws Exception {
        Path data = folder.resolve("data");
        int exit = 0;
        try (PackagedServer server = PackagedServer.start(data)) {
            Load load = Load.on(server);
            load.awaitOps(OPS);
            server.kill();
            server.launchWithin(strace(faults, database ? data : null));
            long begun = System.nanoTime();
            while (server.isAlive() && System.nanoTime() - begun < nanos) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            if (server.isAlive()) {
                server.kill();
            } else {
                exit = server.awaitExit();
            }
            server.restartWithin(List.of());
            load.awaitOps(OPS);
            load.stop();
            load.assertNothingLost();
            Form.report("%s: exit %d, %s".formatted(faults, exit, load.figures()));
        }
        return exit;
    }

    private static List<String> strace(String faults, @org.jspecify.annotations.Nullable Path data) {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null"));
        if (data != null) {
            command.addAll(List.of(
                    "-P",
                    data.resolve("server.db").toString(),
                    "-P",
                    data.resolve("server.db-wal").toString()));
        }
        command.addAll(List.of("-e", "trace=" + faults.substring(0, faults.indexOf(':')), "-e", "inject=" + faults));
        return command;
    }
}
