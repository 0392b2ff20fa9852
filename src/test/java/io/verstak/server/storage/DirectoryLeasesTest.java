package io.verstak.server.storage;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.Leases.Lease;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks on a file: of this process, and of real other ones. */
class DirectoryLeasesTest extends LeasesContract {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private final List<DirectoryLeases> open = new ArrayList<>();
    private final List<Process> others = new ArrayList<>();

    /** The other process: holds a lease until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            Path root = Path.of(args[0]);
            if (args[1].isEmpty()) {
                FileChannel file = FileChannel.open(
                        PrivateFiles.file(root.resolve(DataDirectory.LOCK_FILE)), StandardOpenOption.WRITE);
                requireNonNull(file.tryLock());
            } else {
                Lease lease = await(DirectoryLeases.open(root).take(args[1])).orElseThrow();
                assertThat(lease.isHeld()).isTrue();
            }
            System.out.println("held");
            // Until its test ends, however that comes.
            while (System.in.read() >= 0) {}
        }
    }

    @AfterEach
    void close() throws Exception {
        for (Process other : others) {
            other.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
        }
        for (DirectoryLeases process : open) {
            process.close();
        }
    }

    @Override
    protected Leases process() {
        DirectoryLeases process = DirectoryLeases.open(root);
        open.add(process);
        return process;
    }

    @Override
    protected void cutOff(Leases process) throws IOException {
        ((DirectoryLeases) process).close();
    }

    @Test
    void the_owner_of_a_directory_shares_leases_with_commands_and_keeps_the_directory() throws Exception {
        try (DataDirectory directory = DataDirectory.open(root)) {
            Leases server = directory.leases();
            Process command = other("backup");
            assertThat(await(server.take("backup"))).isEmpty();
            Lease other = await(server.take("other")).orElseThrow();
            command.destroyForcibly().waitFor();

            assertThat(await(server.take("backup"))).isPresent();
            await(other.release());
            assertThat(other("other").isAlive()).isTrue();
            assertThatThrownBy(() -> DataDirectory.open(root))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("another verstak-server process uses this data directory");
        }
    }

    @Test
    void a_command_that_works_under_a_lease_does_not_keep_a_server_from_starting() throws Exception {
        other("backup");

        try (DataDirectory directory = DataDirectory.open(root)) {
            assertThat(directory.isOurs()).isTrue();
            assertThat(await(directory.leases().take("backup"))).isEmpty();
        }
    }

    @Test
    void a_server_of_an_earlier_release_locks_everything_and_forbids_no_backup() throws Exception {
        other("");
        Lease lease = await(process().take("backup")).orElseThrow();
        assertThat(lease.isHeld()).isTrue();
        await(lease.release());

        assertThat(lease.isHeld()).isFalse();
        assertThatThrownBy(() -> DataDirectory.open(root)).isInstanceOf(StorageException.class);
    }

    /** Starts a process that holds a lease, or for no name the lock of an earlier release, and waits until it does. */
    private Process other(String name) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        root.toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        others.add(process);
        assertThat(new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                        .readLine())
                .isEqualTo("held");
        return process;
    }
}
