package io.verstak.server.torture;

import io.verstak.server.testkit.PackagedServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed at any moment, again and again. */
class KillTortureIT {
    private static final int MOST_OPS_BETWEEN = 3000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void kills_at_random_moments_lose_nothing() throws Exception {
        int kills = Form.cycles(30, 500);
        Random random = new Random(42);
        Duration slowest = Duration.ZERO;
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            Load load = Load.on(server);
            for (int kill = 0; kill < kills; kill++) {
                load.awaitOps(1 + random.nextInt(MOST_OPS_BETWEEN));
                server.kill();
                long begun = System.nanoTime();
                server.restart();
                Duration ready = Duration.ofNanos(System.nanoTime() - begun);
                slowest = ready.compareTo(slowest) > 0 ? ready : slowest;
            }
            load.stop();
            load.assertNothingLost();
            Form.report("%d kills: %s; ready after %d ms at the latest"
                    .formatted(kills, load.figures(), slowest.toMillis()));
        }
    }
}
