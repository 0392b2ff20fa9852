package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.browser.Browser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 8: a browser's own EventSource takes the stream as it is. */
@OneEngine("a browser: EventsTest reads the same stream on both engines")
class EventSourceTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @Test
    void a_browser_hears_of_each_head_with_its_sequence_as_the_last_event_id() {
        Desktop device = SERVER.pair("alice", "main");
        try (Page page = BROWSER.openForScripts(SERVER.port())) {
            page.setExtraHTTPHeaders(Map.of("Authorization", "Bearer " + device.token()));
            page.evaluate("""
                    () => {
                      window.heads = [];
                      const events = new EventSource('/api/v1/sync/events');
                      events.addEventListener('head', event =>
                        window.heads.push(JSON.parse(event.data).server_sequence + ' ' + event.lastEventId));
                    }""");
            page.waitForFunction("() => window.heads.length === 1");
            Sync.push(SERVER, device, OutboxOp.note("a", ""), OutboxOp.note("b", ""));
            page.waitForFunction("() => window.heads.length === 2");

            assertThat(page.evaluate("() => window.heads")).isEqualTo(List.of("0 0", "2 2"));
        }
    }
}
