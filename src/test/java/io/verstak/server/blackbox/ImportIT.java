package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.PackagedServer.Result;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.data.GoServer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An import that is killed again and again, as a process of its own. */
class ImportIT {
    private static final String ANNA = "a".repeat(24);
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final int OPS = 30_000;
    private static final int BLOBS = 200;
    private static final int FIRST_KILL_MILLIS = 500;

    @Test
    void a_killed_import_leaves_no_server_behind_and_is_run_again(@TempDir Path folder) throws Exception {
        Path from = folder.resolve("go");
        Path data = folder.resolve("data");
        List<Sha256> blobs = fill(from);
        int kills = 0;
        for (int millis = FIRST_KILL_MILLIS; !Files.exists(data.resolve("server.db")); millis *= 2) {
            Process process = PackagedServer.begin("import", "--from", from.toString(), "--data", data.toString());
            if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
                assertThat(process.exitValue()).isZero();
            } else {
                process.destroyForcibly().waitFor();
                kills++;
            }
            if (kills == 1 && Files.exists(data.resolve("server.db.new"))) {
                Result early = PackagedServer.run("", "--data", data.toString(), "--listen", "127.0.0.1:0");
                assertThat(early.exit()).isEqualTo(1);
                assertThat(early.err()).contains("import").contains("not finished");
            }
        }
        assertThat(kills).isPositive();
        Result again = PackagedServer.run("", "import", "--from", from.toString(), "--data", data.toString());
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).hasLineCount(1).contains("already");

        try (PackagedServer server = PackagedServer.start(data);
                Desktop desktop = Desktop.paired(server::port, "dev_a", TOKEN, 0)) {
            assertThat(desktop.pull().applied())
                    .hasSize(OPS)
                    .extracting(PulledOp::opId)
                    .doesNotHaveDuplicates();
            blobs.forEach(desktop.blobs()::download);
        }
        assertThat(PackagedServer.run("", "verify", "--data", data.toString(), "--deep")
                        .exit())
                .isZero();
        try (Stream<Path> leftovers = Files.list(data.resolve("tmp"))) {
            assertThat(leftovers).isEmpty();
        }
    }

    private static List<Sha256> fill(Path from) {
        List<Sha256> blobs = new ArrayList<>();
        try (GoServer go = GoServer.ofSecondGeneration(from)) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
            for (int i = 0; i < BLOBS; i++) {
                byte[] bytes = ByteBuffer.allocate(100_000).putInt(i).array();
                blobs.add(go.blob(bytes));
                go.reference(ANNA, "v1", blobs.get(i), bytes.length);
            }
            for (int i = 1; i <= OPS; i++) {
                go.op(2L * i, ANNA, "v1", "dev_a", OutboxOp.note("note-" + i % 100, "text " + i));
            }
        }
        return blobs;
    }
}
