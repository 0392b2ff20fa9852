package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Await;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers that are given before the request's body has been read. */
class EarlyAnswerTest {
    private static final int BIG = 100 << 20;
    private static final int PIECE = 1 << 20;
    private static final String REFUSED = "{\"error\":\"too large\",\"code\":\"request_too_large\"}";

    private static GuardedServer server;

    @BeforeAll
    static void start() throws Exception {
        // Patient with those that send: a busy machine may keep a client from it for seconds.
        server = GuardedServer.with(new TestLimits().linger(60_000, BIG + PIECE), EarlyAnswerTest::refuse);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_client_that_sends_100_mb_before_it_reads_gets_the_refusal() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(post("/paused", BIG));
            byte[] piece = new byte[PIECE];
            for (int sent = 0; sent < BIG; sent += PIECE) {
                client.send(piece);
            }
            assertRefused(client);
        }
    }

    @Test
    void a_client_that_sends_endless_chunks_gets_the_refusal() throws Exception {
        String chunk = "100000\r\n" + "a".repeat(PIECE) + "\r\n";
        try (RawClient client = server.connect()) {
            client.send("POST /flowing HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int sent = 0; sent < 20; sent++) {
                client.send(chunk);
            }
            assertRefused(client);
        }
    }

    @Test
    void a_client_that_falls_silent_is_closed() throws Exception {
        try (GuardedServer hasty =
                        GuardedServer.with(new TestLimits().linger(200, BIG + PIECE), EarlyAnswerTest::refuse);
                RawClient client = hasty.connect()) {
            client.send(post("/paused", BIG));
            assertRefused(client);
            // The other direction is still open; the server gives it up without waiting for the client.
            assertThat(client.socket.isOutputShutdown()).isFalse();
            Await.until(() -> hasty.guard.openConnections() == 0);
        }
    }

    @Test
    void what_follows_an_unread_body_is_never_taken_for_a_request() throws Exception {
        server.handled.clear();
        try (RawClient client = server.connect()) {
            client.send(post("/paused", 20)).send("POST /smuggled HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(413);
        }
        assertThat(server.handled).containsExactly("POST /paused");
    }

    @Test
    void a_body_that_had_arrived_keeps_the_connection_open_though_nobody_read_it() throws Exception {
        try (RawClient client = server.connect()) {
            for (int round = 0; round < 5; round++) {
                client.send(post("/later", 10_000) + "a".repeat(10_000));
                RawClient.Answer answer = client.answer();
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.header("Connection")).isEmpty();
            }
        }
    }

    @Test
    void an_answer_that_announces_the_close_is_followed_by_it() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /bye HTTP/1.1\r\nHost: here\r\n\r\n");
            assertThat(client.toEnd()).endsWith("bye");
        }
    }

    private static String post(String path, int length) {
        return "POST " + path + " HTTP/1.1\r\nHost: here\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static void assertRefused(RawClient client) throws Exception {
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.header("Connection")).isEqualTo("close");
        assertThat(answer.body()).isEqualTo(REFUSED);
        assertThat(client.toEnd()).isEmpty();
    }

    private static void refuse(HttpServerRequest request) {
        switch (request.path()) {
            case "/paused" -> refusePaused(request);
            case "/later" -> answerWhenAllHasArrived(request);
            case "/bye" -> request.response().putHeader("Connection", "close").end("bye");
            default -> request.response().setStatusCode(413).end(REFUSED);
        }
    }

    private static void refusePaused(HttpServerRequest request) {
        request.pause();
        Vertx.currentContext()
                .runOnContext(later -> request.response().setStatusCode(413).end(REFUSED));
    }

    /** Nothing tells a handler that a paused body is there in full; the time stands for a database that thinks. */
    private static void answerWhenAllHasArrived(HttpServerRequest request) {
        request.pause();
        Vertx.currentContext()
                .owner()
                .setTimer(150, thought -> request.response().setStatusCode(413).end(REFUSED));
    }
}
