package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No other protocol is spoken on the port, asked for in whatever way. */
class OnlyHttp11Test {
    private static GuardedServer server;

    @BeforeAll
    static void start() throws Exception {
        server = GuardedServer.echo(new TestLimits());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void s37_h2c_with_prior_knowledge_is_refused() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.toEnd()).isEmpty();
        }
    }

    @Test
    void s37_an_upgrade_to_h2c_is_ignored() throws Exception {
        assertIgnored("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n");
    }

    @Test
    void an_upgrade_to_a_websocket_is_ignored() throws Exception {
        assertIgnored(String.join(
                "\r\n",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Extensions: permessage-deflate",
                ""));
    }

    @Test
    void http_1_0_is_answered_and_closed() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /old HTTP/1.0\r\n\r\n");
            assertThat(client.toEnd()).endsWith("GET /old 0");
        }
    }

    private static void assertIgnored(String fields) throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /plain HTTP/1.1\r\nHost: here\r\n" + fields + "\r\n");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("GET /plain 0");
        }
    }
}
