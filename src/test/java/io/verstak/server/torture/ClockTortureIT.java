package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine's clock steps by ten days, forth and back. */
class ClockTortureIT {
    private static final Path LIBRARIES = Path.of("/usr/lib");
    private static final int OPS = 40;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void steps_of_the_clock_lose_nothing() throws Exception {
        Path offset = folder.resolve("offset");
        Files.writeString(offset, "+0d\n");
        List<String> wrapper = List.of(
                "env",
                "LD_PRELOAD=" + library(),
                "FAKETIME_TIMESTAMP_FILE=" + offset,
                "FAKETIME_CACHE_DURATION=1",
                "DONT_FAKE_MONOTONIC=1");
        try (PackagedServer server = PackagedServer.startWithin(wrapper, "", folder.resolve("data"))) {
            Load load = Load.on(server);
            for (String step : List.of("+10d", "-10d", "+0d")) {
                load.awaitOps(OPS);
                Path next = folder.resolve("next");
                Files.writeString(next, step + "\n");
                Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
            }
            load.awaitOps(OPS);
            assertThat(Http.once(server.port(), Request.get("/readyz")).status())
                    .isEqualTo(200);
            load.stop();
            load.assertNothingLost();
            Form.report("clock steps of 10 days: " + load.figures());
        }
    }

    static Path library() throws IOException {
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            return folders.map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("libfaketime is not installed"));
        }
    }
}
