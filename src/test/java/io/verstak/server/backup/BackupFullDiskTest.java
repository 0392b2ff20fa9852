package io.verstak.server.backup;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk for backups with room for one. */
class BackupFullDiskTest {
    private static final int DOES_NOT_FIT = 16 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path disk;

    @BeforeAll
    static void mount() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", disk.toString());
    }

    @AfterAll
    static void unmount() throws Exception {
        run("umount", disk.toString());
    }

    @Test
    void a_run_on_a_full_disk_leaves_nothing_half_made_and_says_why() throws IOException {
        Path folder = disk.resolve("backups");
        try (TestServer server = TestServer.start(Map.of("storage.backup.directory", folder.toString()))
                .withUser("anna")) {
            BackupSchedule schedule = server.maintenance().backups();
            String good = await(schedule.run()).place();
            server.pair("anna", "v").blobs().upload("large.bin", Blobs.bytes(DOES_NOT_FIT, 1));

            assertThatThrownBy(() -> await(schedule.run()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("the disk is full");

            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left).containsExactly(Path.of(good));
            }
            assertThat(BackupCheck.run(Path.of(good), () -> true)).isEmpty();
            List<BackupRun> runs = schedule.history().runs();
            assertThat(runs.get(0).name()).isEmpty();
            assertThat(runs.get(0).failure()).isEqualTo(new Finding(BackupProblem.DISK_FULL, folder.toString()));
            assertThat(schedule.hasFailed()).isTrue();
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
