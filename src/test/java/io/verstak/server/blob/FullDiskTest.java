package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of 16 MiB. Mounting it takes root: without, this fails rather than pass unseen. */
class FullDiskTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    Path disk = Path.of("");

    @BeforeEach
    void mount() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", disk.toString());
    }

    /** Lazily: what still has a file open there ends soon. */
    @AfterEach
    void unmount() throws Exception {
        run("umount", "--lazy", disk.toString());
    }

    @Test
    void a_full_disk_is_507_leaves_nothing_and_stops_no_download() throws Exception {
        LOG.expectError("the disk is full");
        try (TestServer server =
                TestServer.start(Map.of("storage.dataDir", disk.resolve("data").toString()))) {
            server.addUser("alice");
            Desktop device = server.pair("alice", "main");
            byte[] small = Blobs.bytes(1_000_000, 81);
            Blobs.stored(server, device, small);

            Answer refused = server.send(Blobs.upload(device, Blobs.bytes(20_000_000, 82)));

            assertThat(refused.status()).isEqualTo(507);
            assertThat(refused.code()).isEqualTo("storage_full");
            assertThat(Blobs.uploads(server)).isEmpty();
            assertThat(server.blobs().hashes()).containsExactly(Sha256.of(small).hex());
            fill();
            assertThat(server.send(Blobs.get(device, Sha256.of(small))).wire()).isEqualTo(small);
            Files.delete(disk.resolve("filler"));
            Blobs.stored(server, device, Blobs.bytes(2_000_000, 83));
        }
    }

    private void fill() throws Exception {
        Process dd = new ProcessBuilder("dd", "if=/dev/zero", "of=" + disk.resolve("filler"), "bs=4096", "status=none")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(dd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isNotEmpty();
        assertThat(dd.waitFor()).isNotZero();
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }
}
