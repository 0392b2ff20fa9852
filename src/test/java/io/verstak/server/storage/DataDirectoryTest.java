package io.verstak.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the folder of unfinished files is. Mounting takes root: without, this fails rather than pass unseen. */
class DataDirectoryTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void unfinished_files_are_beside_the_blobs_of_the_same_file_system() throws IOException {
        Path root = folder.resolve("data");
        for (int start = 1; start <= 2; start++) {
            try (DataDirectory directory = DataDirectory.open(root)) {
                assertThat(directory.temp()).isEqualTo(root.resolve("tmp"));
            }
        }
        assertThat(root.resolve("blobs")).isEmptyDirectory();
        try (Stream<Path> files = Files.list(root)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("blobs", "tmp", "server.lock", "server.db");
        }
    }

    @Test
    void blobs_of_another_file_system_keep_unfinished_files_among_them() throws Exception {
        assertRenamesAmongBlobs("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs");
    }

    @Test
    void blobs_of_another_mount_of_the_same_file_system_keep_unfinished_files_among_them() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        assertRenamesAmongBlobs("mount", "--bind", elsewhere.toString());
    }

    private void assertRenamesAmongBlobs(String... mount) throws Exception {
        Path root = folder.resolve("data");
        Path blobs = Files.createDirectories(root.resolve("blobs"));
        String[] command = Arrays.copyOf(mount, mount.length + 1);
        command[mount.length] = blobs.toString();
        run(command);
        try (DataDirectory directory = DataDirectory.open(root)) {
            Path unfinished = Files.createFile(directory.temp().resolve("upload-1"));
            assertThat(Files.move(unfinished, blobs.resolve("finished"), StandardCopyOption.ATOMIC_MOVE))
                    .exists();
        } finally {
            run("umount", blobs.toString());
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }
}
