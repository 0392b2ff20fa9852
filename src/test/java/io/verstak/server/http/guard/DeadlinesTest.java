package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Heads that do not come, and connections on which nothing happens. */
class DeadlinesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";
    private static final int LONG_MILLIS = 60_000;

    /** For heads that do come: a busy machine may keep a client from sending for a second and more. */
    private static final int HEAD_MILLIS = 2_000;

    @Test
    void s37_a_connection_without_a_head_is_closed_in_time() throws Exception {
        try (GuardedServer server = GuardedServer.echo(new TestLimits().headTimeout(200));
                RawClient client = server.connect()) {
            assertThat(client.closedSilently()).isTrue();
        }
    }

    @Test
    void s37_a_head_that_trickles_is_closed_in_time() throws Exception {
        String head = GET.stripTrailing() + "\r\nX-Field: " + "a".repeat(1000) + "\r\n\r\n";
        try (GuardedServer server = GuardedServer.echo(new TestLimits().headTimeout(300));
                Pace pace = new Pace();
                RawClient client = server.connect()) {
            var trickle =
                    pace.steps(head.length(), Duration.ofMillis(50), at -> client.send(head.substring(at, at + 1)));
            assertThat(client.closedSilently()).isTrue();
            assertThatThrownBy(trickle::join).hasCauseInstanceOf(IOException.class);
            assertThat(server.handled).isEmpty();
        }
    }

    @Test
    void s37_a_later_head_on_the_same_connection_is_timed_from_its_first_byte() throws Exception {
        TestLimits limits = new TestLimits().headTimeout(HEAD_MILLIS).idleTimeout(LONG_MILLIS);
        try (GuardedServer server = GuardedServer.echo(limits);
                RawClient client = server.connect()) {
            client.send(GET);
            assertThat(client.answer().status()).isEqualTo(200);
            client.send("GET /");
            assertThat(client.closedSilently()).isTrue();
        }
    }

    @Test
    void an_idle_connection_is_closed_quietly_after_its_own_time() throws Exception {
        TestLimits limits = new TestLimits().headTimeout(LONG_MILLIS).idleTimeout(200);
        try (GuardedServer server = GuardedServer.echo(limits);
                RawClient client = server.connect()) {
            client.send(GET);
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.toEnd()).isEmpty();
        }
    }

    @Test
    void a_thinking_server_is_never_cut() throws Exception {
        TestLimits limits = new TestLimits()
                .headTimeout(HEAD_MILLIS)
                .idleTimeout(100)
                .bodyRate(1 << 20, 100)
                .responseStall(100, 65536);
        try (GuardedServer server = GuardedServer.with(limits, DeadlinesTest::answerLate);
                RawClient client = server.connect()) {
            client.send(GET);
            assertThat(client.answer().body()).isEqualTo("late");
        }
    }

    @Test
    void a_stream_of_rare_events_is_never_cut() throws Exception {
        TestLimits limits =
                new TestLimits().headTimeout(HEAD_MILLIS).idleTimeout(100).responseStall(100, 65536);
        try (GuardedServer server = GuardedServer.with(limits, DeadlinesTest::threeRareEvents);
                RawClient client = server.connect()) {
            client.send(GET);
            assertThat(client.toEnd()).contains("data: 1", "data: 2", "data: 3");
        }
    }

    private static void answerLate(HttpServerRequest request) {
        timer(HEAD_MILLIS + 700, () -> request.response().end("late"));
    }

    private static void threeRareEvents(HttpServerRequest request) {
        var response = request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
        timer(900, () -> response.write("data: 1\n\n"));
        timer(1800, () -> response.write("data: 2\n\n"));
        timer(2700, () -> response.end("data: 3\n\n"));
    }

    private static void timer(long millis, Runnable then) {
        Vertx.currentContext().owner().setTimer(millis, fired -> then.run());
    }
}
