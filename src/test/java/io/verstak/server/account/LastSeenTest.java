package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.TestServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When somebody was there last is written down in batches, for the device and for whom it belongs to. */
class LastSeenTest {
    @Test
    void a_device_that_syncs_shows_its_user_as_active() {
        MutableClock clock = new MutableClock();
        AtomicLong seen = new AtomicLong();
        try (TestServer server = TestServer.start(clock, Map.of()).withUser("alice")) {
            Desktop desktop = server.pair("alice", "main");
            clock.advance(Duration.ofDays(3));
            desktop.pull();

            server.whileStopped(data -> seen.set(
                    Long.parseLong(server.rows("SELECT last_seen FROM users").get(0))));
        }
        assertThat(seen).hasValue(clock.millis());
    }
}
