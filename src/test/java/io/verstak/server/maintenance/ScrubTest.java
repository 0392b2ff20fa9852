package io.verstak.server.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.BlobRepository.DamagedBlob;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Damage that nobody has asked for yet, and backups that nobody has to make. */
class ScrubTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    Path folder;

    @Test
    void the_scrub_finds_what_size_and_time_hide_and_the_next_upload_heals_it() {
        try (TestServer server = TestServer.start().withUser("alice")) {
            Desktop alice = server.pair("alice", "main");
            byte[] bytes = new byte[100_000];
            new Random(5).nextBytes(bytes);
            Sha256 blob = alice.blobs().upload("f", bytes);
            alice.blobs().upload("g", new byte[] {1, 2, 3});
            flip(server, blob);
            LOG.expectError("is damaged or missing");

            assertThat(read(server)).isEqualTo(1);
            assertThat(read(server)).isZero();

            Request download = Request.get("/api/v1/blobs/" + blob).bearer(alice.token());
            assertThat(server.send(download).code()).isEqualTo("blob_unavailable");
            assertThat(await(server.maintenance().damagedBlobs(10)))
                    .extracting(DamagedBlob::sha256)
                    .containsExactly(blob);
            assertThat(server.rows("SELECT message FROM audit_log WHERE type = 'blob_damaged'"))
                    .singleElement()
                    .asString()
                    .contains(blob.hex());

            alice.blobs().upload("f", bytes);

            assertThat(alice.blobs().download(blob)).isEqualTo(bytes);
            assertThat(await(server.maintenance().damagedBlobs(10))).isEmpty();
        }
    }

    @Test
    void the_scrub_keeps_to_its_bandwidth_and_does_not_hold_up_the_end() {
        try (TestServer server = TestServer.start(Map.of("storage.scrub.bytesPerSecond", "1000000"))
                .withUser("alice")) {
            server.pair("alice", "main").blobs().upload("f", new byte[500_000]);
            long start = System.nanoTime();
            assertThat(read(server)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(490));

            server.pair("alice", "main").blobs().upload("f", new byte[60_000_000]);
            server.maintenance().scrub().round(10).onComplete(given -> {});
        }
    }

    @Test
    @OneEngine("backups of a PostgreSQL are its own")
    void a_scheduled_backup_is_audited_and_its_age_is_told() throws IOException {
        Path backups = folder.resolve("backups");
        try (TestServer server = TestServer.start(Map.of("storage.backup.directory", backups.toString()))) {
            assertThat(health(server)).doesNotContain("last_backup_age_seconds");

            assertThat(await(server.maintenance().backups().run()).damaged()).isEmpty();

            server.restart();
            assertThat(health(server)).contains("last_backup_age_seconds");
            assertThat(server.rows("SELECT type FROM audit_log WHERE type = 'backup'"))
                    .hasSize(1);
        }
        try (var made = Files.list(backups)) {
            assertThat(made)
                    .singleElement()
                    .satisfies(one -> assertThat(one.resolve("manifest.json")).exists());
        }
    }

    private static String health(TestServer server) {
        return server.send(Request.get("/api/v1/health")).text();
    }

    private static int read(TestServer server) {
        return await(server.maintenance().scrub().round(10));
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private static void flip(TestServer server, Sha256 blob) {
        byte[] bytes = server.blobs().read(blob);
        bytes[bytes.length / 3] ^= 8;
        server.blobs().rot(blob, bytes);
    }
}
