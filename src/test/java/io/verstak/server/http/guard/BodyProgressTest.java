package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How slowly a request body may come. The rates of the real limits, in windows a hundred times shorter. */
class BodyProgressTest {
    private static final int WINDOW_MILLIS = 300;
    private static final int SLOWEST = 1024;
    private static final TestLimits LIMITS = new TestLimits().bodyRate(SLOWEST, WINDOW_MILLIS);

    /** For clients that keep to the rate: a busy machine may let them rest for a second and more. */
    private static final int PATIENT_WINDOW_MILLIS = 1500;

    private static final TestLimits PATIENT = new TestLimits().bodyRate(SLOWEST, PATIENT_WINDOW_MILLIS);

    @Test
    void s37_a_body_of_one_byte_at_a_time_is_closed() throws Exception {
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        try (GuardedServer server =
                        GuardedServer.with(LIMITS, request -> request.body().onFailure(failed::complete));
                Pace pace = new Pace();
                RawClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n");
            var trickle = pace.steps(1000, Duration.ofMillis(20), at -> client.send("a"));
            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.closedSilently()).isTrue();
            assertThat(failed.get(60, TimeUnit.SECONDS)).isNotNull();
            trickle.cancel(false);
        }
    }

    @Test
    void s37_a_chunked_body_is_measured_without_its_chunk_lines() throws Exception {
        try (GuardedServer server = GuardedServer.echo(LIMITS);
                Pace pace = new Pace();
                RawClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "1;" + "a".repeat(400) + "\r\nx\r\n";
            var padding = pace.steps(1000, Duration.ofMillis(20), at -> client.send(chunk));
            assertThat(client.answer().status()).isEqualTo(408);
            padding.cancel(false);
        }
    }

    @Test
    void s37_a_body_that_stops_after_a_good_start_is_closed() throws Exception {
        try (GuardedServer server = GuardedServer.echo(LIMITS);
                RawClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n" + "a".repeat(500_000));
            assertThat(client.answer().status()).isEqualTo(408);
        }
    }

    @Test
    void s37_an_honest_slow_upload_of_10_kib_a_second_passes() throws Exception {
        int pieces = 100;
        int piece = 512;
        try (GuardedServer server = GuardedServer.echo(PATIENT);
                Pace pace = new Pace();
                RawClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: " + pieces * piece + "\r\n\r\n");
            pace.steps(pieces, Duration.ofMillis(50), at -> client.send("a".repeat(piece)))
                    .get(60, TimeUnit.SECONDS);
            assertThat(client.answer().body()).isEqualTo("POST / " + pieces * piece);
        }
    }

    @Test
    void time_in_which_the_server_had_paused_reading_is_not_the_clients() throws Exception {
        byte[] body = new byte[8 << 20];
        try (GuardedServer server = GuardedServer.with(PATIENT, BodyProgressTest::readLate);
                RawClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: " + body.length + "\r\n\r\n");
            client.send(body);
            assertThat(client.answer().body()).isEqualTo("POST / " + body.length);
        }
    }

    @Test
    void a_client_that_waits_for_100_continue_is_not_slow() throws Exception {
        try (GuardedServer server = GuardedServer.with(PATIENT, BodyProgressTest::continueLate);
                RawClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(100);
            client.send("hello");
            assertThat(client.answer().body()).isEqualTo("POST / 5");
        }
    }

    /** Longer than two windows, with more body on its way than all buffers hold. */
    private static void readLate(HttpServerRequest request) {
        request.pause();
        Vertx.currentContext().owner().setTimer(3 * PATIENT_WINDOW_MILLIS, fired -> {
            GuardedServer.echo(request);
            request.resume();
        });
    }

    private static void continueLate(HttpServerRequest request) {
        Vertx.currentContext().owner().setTimer(3 * PATIENT_WINDOW_MILLIS, fired -> {
            GuardedServer.echo(request);
            TransportGuard.expectBody(request);
        });
    }
}
