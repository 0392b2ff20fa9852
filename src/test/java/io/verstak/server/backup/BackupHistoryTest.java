package io.verstak.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.storage.DataDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server and a command that note their runs at the same time. */
class BackupHistoryTest {
    private static final int EACH = 25;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    /** The other process: notes its runs when it is told to. */
    static final class Command {
        private Command() {}

        public static void main(String[] args) throws IOException {
            System.out.println("ready");
            if (System.in.read() >= 0) {
                note(Path.of(args[0]), "command");
            }
        }
    }

    @Test
    void no_run_of_two_processes_is_lost() throws Exception {
        Files.createFile(root.resolve(DataDirectory.DATABASE));
        Process command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Command.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(new BufferedReader(new InputStreamReader(command.getInputStream(), StandardCharsets.UTF_8))
                            .readLine())
                    .isEqualTo("ready");
            command.getOutputStream().write('\n');
            command.getOutputStream().flush();
            note(root, "schedule");
            assertThat(command.waitFor()).isZero();
        } finally {
            command.destroyForcibly();
        }

        assertThat(new BackupHistory(DataDirectory.openReadOnly(root)).runs())
                .hasSize(2 * EACH)
                .doesNotHaveDuplicates();
    }

    private static void note(Path root, String by) {
        BackupHistory history = new BackupHistory(DataDirectory.openReadOnly(root));
        for (int i = 0; i < EACH; i++) {
            history.add(BackupRun.failed(by, i, 0, new Finding(BackupProblem.DISK_FULL, "/mnt")));
        }
    }
}
