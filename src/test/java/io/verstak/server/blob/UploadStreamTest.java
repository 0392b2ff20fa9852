package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.BusBlobStore.Ticket;
import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Scope;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Back pressure, on a disk that takes nothing until it is told to. */
class UploadStreamTest {
    private static final int PIECE = 16 << 10;
    private static final int MORE_THAN_WRITERS = 64;

    @TempDir
    Path folder = Path.of("");

    @Test
    void a_disk_that_stands_still_fills_a_stream_with_256_kib_and_drains_it_when_it_goes_on() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
            BlobDisk disk = new BlobDisk(vertx, directory, () -> {});
            CountDownLatch goOn = new CountDownLatch(1);
            List<Future<?>> standing = new ArrayList<>();
            for (int i = 0; i < MORE_THAN_WRITERS; i++) {
                standing.add(disk.write(() -> goOn.await(1, TimeUnit.MINUTES)));
            }
            CompletableFuture<Integer> full = new CompletableFuture<>();
            CompletableFuture<Void> drained = new CompletableFuture<>();
            Bus bus = new Bus(vertx, Duration.ofSeconds(1));
            vertx.runOnContext(start -> {
                UploadStream stream = new UploadStream(bus, disk, ticket(), Long.MAX_VALUE, Optional.empty());
                full.complete(fill(stream));
                stream.drainHandler(drained::complete);
            });

            assertThat(full.get(30, TimeUnit.SECONDS)).isEqualTo(256 << 10);
            assertThat(drained).isNotDone();
            goOn.countDown();
            drained.get(30, TimeUnit.SECONDS);
            assertThat(standing).allMatch(task -> !task.failed());
        } finally {
            vertx.close().await(30, TimeUnit.SECONDS);
        }
    }

    private static int fill(UploadStream stream) {
        int written = 0;
        while (!stream.writeQueueFull()) {
            Future<Void> taken = stream.write(Buffer.buffer(new byte[PIECE]));
            assertThat(taken.succeeded()).isTrue();
            written += PIECE;
        }
        return written;
    }

    private static Ticket ticket() {
        QuotaUsage unbounded = new QuotaUsage(Long.MAX_VALUE, 0);
        return new Ticket(
                new Scope(1, "user", "vault"),
                new QuotaReservation(unbounded, new QuotaUsage(Long.MAX_VALUE, 0)),
                FairPool.of(1, 1).lease("user"));
    }
}
