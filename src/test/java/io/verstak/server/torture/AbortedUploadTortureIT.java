package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.DesktopBlobs;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads that end at any byte leave nothing behind. */
class AbortedUploadTortureIT {
    private static final int UPLOADS = 5000;
    private static final int MOST_BYTES = 60_000;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void aborted_uploads_leave_no_file() throws Exception {
        Path data = folder.resolve("data");
        Random random = new Random(44);
        try (PackagedServer server = PackagedServer.start(data)) {
            server.addUser(Scope.USER, Scope.PASSWORD);
            try (Device device = new Scope(server::port, "red").device()) {
                for (int i = 0; i < UPLOADS; i++) {
                    byte[] bytes = new byte[1 + random.nextInt(MOST_BYTES)];
                    random.nextBytes(bytes);
                    abort(server, DesktopBlobs.request("a.bin", bytes).bearer(device.token()), random);
                }
            }
            long begun = System.nanoTime();
            while (!files(data).isEmpty() && System.nanoTime() - begun < PATIENCE_NANOS) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            assertThat(files(data)).isEmpty();
            Form.report(UPLOADS + " aborted uploads: nothing left");
        }
    }

    /** Sends the head and some of the body, but never all of it. */
    private static void abort(PackagedServer server, Request upload, Random random) throws IOException {
        try (Http http = Http.connect(server.port())) {
            // A server that is behind with the others may refuse this one before all of it is sent, or any of it.
            http.offer(upload.head());
            http.offer(Arrays.copyOf(upload.body(), random.nextInt(upload.body().length)));
        }
    }

    private static List<Path> files(Path data) throws IOException {
        try (Stream<Path> blobs = Files.walk(data.resolve("blobs"));
                Stream<Path> unfinished = Files.list(data.resolve("tmp"))) {
            // What goes away while it is listed is not walked into.
            return Stream.concat(blobs.filter(Files::isRegularFile), unfinished).toList();
        }
    }
}
