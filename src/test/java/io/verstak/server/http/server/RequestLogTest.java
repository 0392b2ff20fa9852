package io.verstak.server.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** One line for each request, with an id that the answer carries too. */
class RequestLogTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("anna");

    private final Logger logger = (Logger) LoggerFactory.getLogger("request");
    private final BlockingQueue<ILoggingEvent> lines = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event);
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void leave() {
        logger.setLevel(Level.OFF);
        logger.detachAppender(appender);
    }

    @Test
    void a_request_is_one_line_with_what_an_administrator_asks_for() throws Exception {
        Answer answer = SERVER.send(Request.get("/openapi.yaml"));

        Map<String, Object> line = line(answer);
        assertThat(line)
                .containsEntry("method", "GET")
                .containsEntry("path", "/openapi.yaml")
                .containsEntry("status", 200)
                .containsEntry("in", 0L)
                .containsEntry("out", (long) answer.body().length)
                .containsEntry("client", "127.0.0.1")
                .containsEntry("id", answer.header("X-Request-Id"))
                .doesNotContainKeys("device", "user", "broken");
        assertThat(line.get("ms")).isInstanceOf(Double.class);
        line(SERVER.send(Request.get("/openapi.yaml")));
        assertThat(seen)
                .filteredOn(id -> id.equals(answer.header("X-Request-Id")))
                .hasSize(1);
    }

    @Test
    void a_probe_that_is_answered_has_a_line_at_debug_only() throws Exception {
        List<String> probes = List.of("/livez", "/readyz", "/api/v1/health");
        List<String> ids = new ArrayList<>();
        for (String probe : probes) {
            ids.add(SERVER.send(Request.get(probe)).header("X-Request-Id"));
        }
        line(SERVER.send(Request.get("/openapi.yaml")));
        assertThat(seen).doesNotContainAnyElementsOf(ids);

        logger.setLevel(Level.DEBUG);
        for (String probe : probes) {
            assertThat(line(SERVER.send(Request.get(probe)))).containsEntry("path", probe);
        }
    }

    @Test
    void a_probe_that_finds_the_server_unfit_has_a_line() throws Exception {
        try (TestServer unfit = TestServer.start()) {
            logger.setLevel(Level.INFO);
            Files.delete(unfit.data().resolve("tmp"));

            Answer refused = unfit.send(Request.get("/readyz"));

            assertThat(refused.status()).isEqualTo(503);
            assertThat(line(refused)).containsEntry("path", "/readyz").containsEntry("status", 503);
        }
    }

    @Test
    void the_line_of_a_device_names_device_and_user_by_id() throws Exception {
        String user = SERVER.addUser("berta");
        Desktop desktop = SERVER.pair("berta", "v");
        Answer me = SERVER.send(Request.get("/api/client/me").bearer(desktop.token()));

        assertThat(line(me)).containsEntry("device", desktop.id()).containsEntry("user", user);
    }

    @Test
    void the_line_of_a_stream_counts_all_that_was_sent() throws Exception {
        Desktop desktop = SERVER.pair("anna", "streamed");
        long sent = 0;
        Answer head;
        try (Http http = Http.connect(SERVER.port())) {
            head = http.open(Request.get("/api/v1/sync/events").bearer(desktop.token()));
            sent += http.chunk().length;
            for (int i = 0; i < 5; i++) {
                desktop.make(OutboxOp.note("n", "text")).push();
                sent += http.chunk().length;
            }
        }

        assertThat(line(head)).containsEntry("out", sent).containsEntry("broken", true);
    }

    @Test
    void s20_neither_query_nor_token_is_in_the_line() throws Exception {
        String token = SERVER.pair("anna", "v").token();

        Answer me =
                SERVER.send(Request.get("/api/client/me?access_token=" + token).bearer(token));

        assertThat(line(me).toString()).doesNotContain(token).doesNotContain("access_token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%0d%0a2026-11-22 ERROR", "/\u001b[31mred", "/\u0000", "/a\"b", "/\u00e4\u2028"})
    void s41_nothing_in_a_path_starts_a_line_or_colours_a_terminal(String path) throws Exception {
        String sent = path.replace(" ", "%20");
        String printable = RequestLog.printable(sent);

        assertThat(printable).matches("[!-~&&[^\"]]+");
        Answer answer = SERVER.send(Request.get(sent));

        // What is refused before it is a request has neither an id nor a line.
        if (!answer.header("X-Request-Id").isEmpty()) {
            assertThat(line(answer).toString()).matches("[ -~]+");
        }
    }

    @Test
    void a_long_path_is_cut() {
        assertThat(RequestLog.printable("/" + "x".repeat(100_000)))
                .hasSizeLessThan(250)
                .endsWith("...");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4c9e4d4e-22d4-4a35-8a5c-1f6a1f0f8a11", "abcdefgh", "A_b-12345"})
    void a_well_formed_id_of_the_client_is_kept(String id) {
        Answer answer = SERVER.send(Request.get("/livez").with("X-Request-Id", id));

        assertThat(answer.header("X-Request-Id")).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                "with space in it",
                "a=b&c=d&e=f",
                "\"quoted-quoted\"",
                "a12345678901234567890123456789012345678901234567890123456789012345"
            })
    void s41_any_other_id_is_replaced(String id) {
        Answer answer = SERVER.send(Request.get("/livez").with("X-Request-Id", id));

        assertThat(answer.header("X-Request-Id")).matches("[0-9a-f]{16}");
    }

    @Test
    void refusals_carry_an_id_too() {
        for (String path : new String[] {"/api/nothing", "/nothing", "/api/v1/sync/pull", "/api/client/me"}) {
            assertThat(SERVER.send(Request.get(path)).header("X-Request-Id"))
                    .as(path)
                    .matches("[0-9a-f]{16}");
        }
    }

    /** The line of this request. It comes behind the answer, and one of a test before this may come before it. */
    private Map<String, Object> line(Answer answer) throws InterruptedException {
        Map<String, Object> values = new LinkedHashMap<>();
        while (!answer.header("X-Request-Id").equals(values.get("id"))) {
            ILoggingEvent event = lines.poll(60, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            values.clear();
            event.getKeyValuePairs().forEach(pair -> values.put(pair.key, pair.value));
            seen.add(String.valueOf(values.get("id")));
        }
        return values;
    }
}
