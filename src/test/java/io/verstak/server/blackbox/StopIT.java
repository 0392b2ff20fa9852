package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.machine.FakeClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is asked to stop, or whose clock is put right, while something goes on. */
class StopIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final int WAITS = 1000;
    private static final Pattern SETUP_LINK = Pattern.compile("/setup\\?token=([0-9a-f]+)");

    /** Docker kills after ten seconds; a build's machine may be slow. Pulls wait for 25 seconds, and a body for longer. */
    private static final Duration GONE = Duration.ofSeconds(20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void an_upload_that_hangs_and_pulls_that_wait_do_not_hold_a_stop_up() throws Exception {
        List<Http> open = new ArrayList<>();
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            server.addUser("anna", PASSWORD);
            Desktop desktop = Desktop.pair(server::port, "anna", PASSWORD, "v");
            Http upload = Http.connect(server.port());
            open.add(upload);
            upload.write(("PUT /api/v1/blobs/" + "a1".repeat(32) + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + desktop.token() + "\r\nContent-Length: 1000000\r\n\r\nthe beginning")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < WAITS; i++) {
                Http wait = Http.connect(server.port());
                open.add(wait);
                wait.write(Request.get("/api/v1/sync/events")
                        .bearer(desktop.token())
                        .bytes());
            }

            long begun = System.nanoTime();
            server.terminate();

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(GONE);
        } finally {
            for (Http each : open) {
                each.close();
            }
        }
    }

    @Test
    void a_setup_link_of_1970_outlives_the_clock_being_put_right() throws Exception {
        FakeClock clock = new FakeClock(folder, "@1970-01-01 00:10:00");
        try (PackagedServer server = PackagedServer.startWithin(clock.wrapper(), "", folder.resolve("data"))) {
            server.awaitLine("/setup?token=");
            clock.set("+0d");
            while (Http.once(server.port(), Request.get("/livez"))
                    .json()
                    .required("server_time")
                    .textValue()
                    .startsWith("1970")) {
                Thread.onSpinWait();
            }

            assertThat(Http.once(server.port(), Request.get("/setup?token=" + token(server.lines())))
                            .text())
                    .contains("csrf_token", "password");
            assertThat(Http.once(server.port(), Request.get("/readyz"))
                            .json()
                            .required("uptime_seconds")
                            .longValue())
                    .isBetween(0L, 600L);
        }
    }

    private static String token(List<String> lines) {
        Matcher link = SETUP_LINK.matcher(String.join("\n", lines));
        assertThat(link.find()).isTrue();
        return link.group(1);
    }
}
