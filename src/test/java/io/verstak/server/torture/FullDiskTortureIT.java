package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.DesktopBlobs;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk refuses writes and nothing else, and is forgotten as soon as there is space again. */
class FullDiskTortureIT {
    /** Five seconds are promised; a build's machine may be slow, and do other things. */
    private static final Duration RECOVERY = Form.isLong() ? Duration.ofSeconds(5) : Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int MEBIBYTES = 256;
    private static final int BLOB_BYTES = 2 << 20;
    private static final int OPS = 200;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void full_disks_refuse_writes_and_serve_reads() throws Exception {
        Path data = folder.resolve("data");
        try (LoopDisk database = LoopDisk.mount(folder.resolve("database.img"), data, MEBIBYTES);
                LoopDisk blobs = LoopDisk.mount(folder.resolve("blobs.img"), data.resolve("blobs"), MEBIBYTES);
                PackagedServer server = PackagedServer.start(data)) {
            Load load = Load.on(server);
            load.awaitOps(OPS);
            try (Device device = new Scope(server::port, "apart").device()) {
                assertThat(upload(device).status()).isEqualTo(200);

                database.fill();
                awaitRefusal(() -> push(device));
                assertReadsGoOn(device);
                database.empty();
                awaitSuccess(() -> push(device));

                blobs.fill();
                awaitRefusal(() -> upload(device));
                assertThat(push(device).status()).isEqualTo(200);
                assertReadsGoOn(device);
                blobs.empty();
                awaitSuccess(() -> upload(device));
            }
            load.awaitOps(OPS);
            load.stop();
            load.assertNothingLost();
            Form.report("full disks: " + load.figures());
            server.kill();
        }
    }

    private static void awaitRefusal(Supplier<Answer> write) {
        long begun = System.nanoTime();
        Answer answer = write.get();
        while (answer.status() == 200) {
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
            answer = write.get();
        }
        assertThat(answer.status()).isIn(503, 507);
        assertThat(answer.code()).isIn("unavailable", "storage_full");
    }

    private static void awaitSuccess(Supplier<Answer> write) {
        long begun = System.nanoTime();
        Answer answer = write.get();
        while (answer.status() != 200) {
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .describedAs("%s", answer)
                    .isLessThan(RECOVERY);
            answer = write.get();
        }
    }

    private static void assertReadsGoOn(Device device) {
        for (int i = 0; i < 20; i++) {
            assertThat(send(device, Request.post("/api/v1/sync/pull", "{}")).status())
                    .isEqualTo(200);
        }
        assertThat(send(device, Request.get("/api/v1/blobs/" + sha256Of(blob())))
                        .status())
                .isEqualTo(200);
    }

    private static Answer push(Device device) {
        String op = OutboxOp.note("full", "x".repeat(1000))
                .withId(UUID.randomUUID().toString())
                .toJson(0)
                .toString();
        return send(device, Request.post("/api/v1/sync/push", "{\"ops\":[" + op + "]}"));
    }

    private static Answer upload(Device device) {
        return send(device, DesktopBlobs.request("attachment.bin", blob()));
    }

    private static byte[] blob() {
        byte[] bytes = new byte[BLOB_BYTES];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static String sha256Of(byte[] bytes) {
        return io.verstak.server.domain.Sha256.of(bytes).hex();
    }

    private static Answer send(Device device, Request request) {
        Answer answer = null;
        while (answer == null) {
            answer = device.connected() ? device.send(request) : null;
        }
        return answer;
    }
}
