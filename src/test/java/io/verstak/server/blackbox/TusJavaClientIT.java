package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.tus.java.client.ProtocolException;
import io.tus.java.client.TusClient;
import io.tus.java.client.TusExecutor;
import io.tus.java.client.TusURLMemoryStore;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.PackagedServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference client for Java, unmodified, against a packaged server that is killed while it uploads. */
class TusJavaClientIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final int BYTES = 6_345_678;
    private static final int PART = 1 << 20;
    private static final int KILLS = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Random random = new Random(11);

    @Test
    void an_upload_survives_cuts_and_kills_at_random_bytes_and_what_is_known_is_taken_again() throws Exception {
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"));
                CuttingProxy proxy = new CuttingProxy(server::port)) {
            server.addUser("alice", PASSWORD);
            Desktop desktop = Desktop.pair(server::port, "alice", PASSWORD, "main");
            TusClient client = client(proxy, desktop);
            byte[] file = new byte[BYTES];
            random.nextBytes(file);
            AtomicInteger kills = new AtomicInteger();

            upload(client, file, Map.of("filename", "film.mkv"), () -> {
                if (kills.incrementAndGet() <= KILLS) {
                    proxy.cutAfter(random.nextInt(BYTES / 5), () -> {
                        server.kill();
                        server.restart();
                    });
                }
            });

            assertThat(kills.get()).isGreaterThan(1);
            assertThat(desktop.blobs().download(Sha256.of(file))).isEqualTo(file);

            Map<String, String> known = Map.of("sha256", Sha256.of(file).hex());
            upload(client, file, known, () -> {});
        }
    }

    private static TusClient client(CuttingProxy proxy, Desktop desktop) throws IOException {
        TusClient client = new TusClient();
        client.setUploadCreationURL(URI.create("http://127.0.0.1:" + proxy.port() + "/api/v1/uploads/")
                .toURL());
        client.setHeaders(Map.of("Authorization", "Bearer " + desktop.token()));
        client.enableResuming(new TusURLMemoryStore());
        return client;
    }

    private static TusUpload upload(byte[] file, Map<String, String> metadata) {
        TusUpload upload = new TusUpload();
        upload.setSize(file.length);
        upload.setFingerprint(metadata.toString());
        upload.setMetadata(metadata);
        return upload;
    }

    /** As the client's own documentation has it, with a look at what has been acknowledged. */
    private static void upload(TusClient client, byte[] file, Map<String, String> metadata, Runnable beforeTry)
            throws Exception {
        TusUpload upload = upload(file, metadata);
        long[] acknowledged = {0};
        TusExecutor executor = new TusExecutor() {
            @Override
            protected void makeAttempt() throws ProtocolException, IOException {
                beforeTry.run();
                upload.setInputStream(new ByteArrayInputStream(file));
                TusUploader uploader = client.resumeOrCreateUpload(upload);
                assertThat(uploader.getOffset()).isGreaterThanOrEqualTo(acknowledged[0]);
                uploader.setChunkSize(64 << 10);
                uploader.setRequestPayloadSize(PART);
                long begin = uploader.getOffset();
                while (uploader.uploadChunk() > -1) {
                    if ((uploader.getOffset() - begin) % PART == 0) {
                        acknowledged[0] = uploader.getOffset();
                    }
                }
                uploader.finish(false);
            }
        };
        executor.setDelays(new int[] {100, 200, 400, 800, 800, 800, 800, 800, 800, 800});
        assertThat(executor.makeAttempts()).isTrue();
    }
}
