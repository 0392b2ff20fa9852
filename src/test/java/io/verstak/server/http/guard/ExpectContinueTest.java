package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A client that asks before it sends its body is answered by the handler, not by the transport. */
class ExpectContinueTest {
    private static final String ASK = " HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

    private static GuardedServer server;

    @BeforeAll
    static void start() throws Exception {
        server = GuardedServer.with(new TestLimits(), ExpectContinueTest::answer);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void it_is_told_to_continue_once_the_handler_reads() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("POST /read" + ASK);
            assertThat(client.answer().status()).isEqualTo(100);
            client.send("hello");
            assertThat(client.answer().body()).isEqualTo("POST /read 5");
            client.send("POST /read" + ASK + "hello");
            assertThat(client.answer().status()).isEqualTo(100);
            assertThat(client.answer().body()).isEqualTo("POST /read 5");
        }
    }

    @Test
    void it_gets_the_refusal_alone_when_the_handler_refuses() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("POST /refuse" + ASK);
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(client.toEnd()).isEmpty();
        }
    }

    @Test
    void a_client_that_did_not_ask_gets_no_100() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("POST /read HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    private static void answer(HttpServerRequest request) {
        if (request.path().equals("/refuse")) {
            request.response().setStatusCode(401).end();
        } else {
            GuardedServer.echo(request);
            TransportGuard.expectBody(request);
        }
    }
}
