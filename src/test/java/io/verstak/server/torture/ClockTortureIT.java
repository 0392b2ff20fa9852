package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.machine.FakeClock;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine's clock steps by ten days, forth and back. */
class ClockTortureIT {
    private static final int OPS = 40;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void steps_of_the_clock_lose_nothing() throws Exception {
        FakeClock clock = new FakeClock(folder, "+0d");
        try (PackagedServer server = PackagedServer.startWithin(clock.wrapper(), "", folder.resolve("data"))) {
            Load load = Load.on(server);
            for (String step : List.of("+10d", "-10d", "+0d")) {
                load.awaitOps(OPS);
                clock.set(step);
            }
            load.awaitOps(OPS);
            assertThat(Http.once(server.port(), Request.get("/readyz")).status())
                    .isEqualTo(200);
            load.stop();
            load.assertNothingLost();
            Form.report("clock steps of 10 days: " + load.figures());
        }
    }
}
