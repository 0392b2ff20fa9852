package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.PackagedServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service is stopped while everybody is at work. */
class TerminationTortureIT {
    /** Twenty seconds are promised; a build's machine may be slow, and do other things. */
    private static final Duration GONE = Form.isLong() ? Duration.ofSeconds(20) : Duration.ofSeconds(60);

    private static final int OPS = 500;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void stops_under_load_lose_nothing_and_take_no_longer_than_twenty_seconds() throws Exception {
        int stops = Form.cycles(3, 30);
        Duration longest = Duration.ZERO;
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            Load load = Load.on(server);
            for (int stop = 0; stop < stops; stop++) {
                load.awaitOps(OPS);
                long begun = System.nanoTime();
                server.terminate();
                Duration took = Duration.ofNanos(System.nanoTime() - begun);
                longest = took.compareTo(longest) > 0 ? took : longest;
                server.restart();
            }
            load.stop();
            load.assertNothingLost();
            Form.report("%d stops: %s; ended within %d ms".formatted(stops, load.figures(), longest.toMillis()));
        }
        assertThat(longest).isLessThan(GONE);
    }
}
