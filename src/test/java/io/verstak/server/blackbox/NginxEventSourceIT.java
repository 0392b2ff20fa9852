package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.SelfSigned;
import io.verstak.server.testkit.browser.Browser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A browser's own EventSource behind the sample for nginx, over TLS: what the page of a user would open. */
@Timeout(900)
class NginxEventSourceIT {
    private static final String PASSWORD = "violet-harbour-42";

    private static final int STREAMS = 8;

    private static final String LISTEN = """
            () => {
              window.heads = [];
              window.opened = 0;
              window.broken = 0;
              const events = new EventSource('/api/v1/sync/events');
              events.onopen = () => window.opened++;
              events.onerror = () => window.broken++;
              events.addEventListener('head', event =>
                window.heads.push(JSON.parse(event.data).server_sequence + ' ' + event.lastEventId));
            }""";

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final List<EventReader> streams = new ArrayList<>();

    @AfterEach
    void closeStreams() {
        streams.forEach(EventReader::close);
    }

    @Test
    void a_browser_behind_nginx_hears_of_each_head_at_once_and_comes_back_when_its_stream_is_ended() throws Exception {
        SelfSigned tls = SelfSigned.in(folder);
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            server.addUser("anna", PASSWORD);
            try (SampleProxy nginx = SampleProxy.nginx(folder, tls, server.port());
                    Desktop device = Desktop.pair(server::port, "anna", PASSWORD, "v");
                    Page page = BROWSER.openForScripts(nginx.origin())) {
                page.setExtraHTTPHeaders(Map.of("Authorization", "Bearer " + device.token()));
                page.evaluate(LISTEN);
                page.waitForFunction("() => window.heads.length === 1");
                for (int head = 1; head <= 5; head++) {
                    device.make(OutboxOp.note("n" + head, "text")).push();
                    page.waitForFunction("wanted => window.heads.length === wanted", head + 1);
                }

                assertThat(page.evaluate("() => window.heads"))
                        .isEqualTo(List.of("0 0", "1 1", "2 2", "3 3", "4 4", "5 5"));
                assertThat(page.evaluate("() => window.opened")).isEqualTo(1);
                assertThat(page.evaluate("() => window.broken")).isEqualTo(0);
                endOldestStream(server, device);
                // The browser waits as long as the stream's retry said, and asks again by itself.
                page.waitForFunction("() => window.opened === 2 && window.heads.length === 7");
                assertThat(page.evaluate("() => window.heads[6]")).isEqualTo("5 5");
            }
        }
    }

    /** A device has 8 streams at most: as many new ones end the browser's. */
    private void endOldestStream(PackagedServer server, Desktop device) {
        for (int stream = 0; stream < STREAMS; stream++) {
            streams.add(EventReader.open(
                    server.port(), Request.get("/api/v1/sync/events").bearer(device.token())));
        }
    }
}
