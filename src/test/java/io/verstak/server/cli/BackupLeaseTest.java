package io.verstak.server.cli;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.Main;
import io.verstak.server.backup.Backup;
import io.verstak.server.storage.DirectoryLeases;
import io.verstak.server.storage.Leases.Lease;
import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two backups into one place at once: they would delete each other's source, or write into the same unfinished file. */
class BackupLeaseTest {
    private static final String ANOTHER = "another backup is being made there; wait until it has ended";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"backups", "backup.tar.zst"})
    void a_second_backup_into_the_same_place_is_refused_and_one_elsewhere_is_made(String name) throws IOException {
        Path to = folder.resolve(name);
        try (TestServer server = TestServer.start();
                DirectoryLeases other = DirectoryLeases.open(server.data())) {
            Lease lease = await(other.take(Backup.leaseName(to))).orElseThrow();
            CommandLineRun refused = backup(server, to);

            assertThat(lease.isHeld()).isTrue();
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains(ANOTHER).hasLineCount(1);
            assertThat(to).doesNotExist();
            assertThat(backup(server, folder.resolve("elsewhere")).exit()).isZero();

            await(lease.release());
            assertThat(backup(server, to).exit()).isZero();
        }
    }

    @Test
    void a_folder_is_the_same_place_by_any_of_its_names() throws IOException {
        Path to = Files.createDirectory(folder.resolve("backups"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), to);
        try (TestServer server = TestServer.start();
                DirectoryLeases other = DirectoryLeases.open(server.data())) {
            Lease lease = await(other.take(Backup.leaseName(link))).orElseThrow();

            assertThat(backup(server, to).err()).contains(ANOTHER);
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    void a_scheduled_backup_waits_for_a_command_and_that_is_no_failure() throws IOException {
        Path to = folder.resolve("backups");
        try (TestServer server = TestServer.start(Map.of("storage.backup.directory", to.toString()));
                DirectoryLeases other = DirectoryLeases.open(server.data())) {
            Lease lease = await(other.take(Backup.leaseName(to))).orElseThrow();
            assertThatThrownBy(() -> await(server.maintenance().backups().run()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(ANOTHER);
            assertThat(lease.isHeld()).isTrue();
            await(lease.release());
            assertThat(server.maintenance().backups().failures()).isZero();
            assertThat(TestDatabase.rows(server.database(), "SELECT type FROM audit_log WHERE type LIKE 'backup%'"))
                    .isEmpty();

            await(server.maintenance().backups().run());
        }
        try (Stream<Path> made = Files.list(to)) {
            assertThat(made).hasSize(1);
        }
    }

    private static CommandLineRun backup(TestServer server, Path to) {
        return CommandLineRun.of(
                CommandTree.of(new Main()), "backup", "--data", server.data().toString(), "--to", to.toString());
    }
}
