package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How long a request line and a head may be. */
class HeadLimitsTest {
    private static final String GET = "GET /api/ HTTP/1.1\r\nHost: here\r\nX-Field: ";
    private static final int HEAD_BYTES = 16 * 1024;
    private static final int LINE_BYTES = 8 * 1024;

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
    void a_head_of_16_kib_passes() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(GET + "a".repeat(HEAD_BYTES - GET.length()) + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void a_head_over_16_kib_is_answered_with_431_and_closed() throws Exception {
        assertTooLarge(GET + "a".repeat(HEAD_BYTES - GET.length() + 1) + "\r\n\r\n", 431);
    }

    @Test
    void a_head_of_many_small_fields_is_answered_with_431_and_closed() throws Exception {
        assertTooLarge("GET /api/ HTTP/1.1\r\nHost: here\r\n" + "a: b\r\n".repeat(HEAD_BYTES / 6), 431);
    }

    @Test
    void an_endless_field_is_answered_with_431_before_its_end() throws Exception {
        assertTooLarge(GET + "a".repeat(20 * HEAD_BYTES), 431);
    }

    @Test
    void a_long_target_is_answered_with_414_and_closed() throws Exception {
        assertTooLarge("GET /api/" + "a".repeat(LINE_BYTES) + " HTTP/1.1\r\nHost: here\r\n\r\n", 414);
        assertTooLarge("GET /api/" + "a".repeat(20 * HEAD_BYTES), 414);
    }

    @Test
    void a_target_that_fits_the_line_passes() throws Exception {
        String around = "GET / HTTP/1.1";
        try (RawClient client = server.connect()) {
            client.send("GET /" + "a".repeat(LINE_BYTES - around.length()) + " HTTP/1.1\r\nHost: here\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void line_ends_that_come_in_two_pieces_do_not_make_a_line_or_a_head_too_long() throws Exception {
        String around = "GET / HTTP/1.1";
        String line = "GET /" + "a".repeat(LINE_BYTES - around.length()) + " HTTP/1.1";
        String field = "\r\nHost: here\r\nX-Field: ";
        String head = line + field + "a".repeat(HEAD_BYTES - line.length() - field.length());
        try (RawClient client = server.connect()) {
            client.send(line + "\r").send(head.substring(line.length() + 1) + "\r");
            client.send("\n").send("\r").send("\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void a_browser_is_refused_with_a_page() throws Exception {
        for (String head :
                List.of("GET /" + "a".repeat(LINE_BYTES), "GET /login HTTP/1.1\r\nCookie: " + "a".repeat(HEAD_BYTES))) {
            try (RawClient client = server.connect()) {
                client.send(head + "\r\n\r\n");
                RawClient.Answer answer = client.answer();
                assertThat(answer.status()).isIn(414, 431);
                assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
                assertThat(answer.body()).startsWith("<!doctype html>");
                assertThat(client.toEnd()).isEmpty();
            }
        }
    }

    private static void assertTooLarge(String bytes, int status) throws Exception {
        try (RawClient client = server.connect()) {
            client.send(bytes);
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.body()).contains("\"code\":\"request_too_large\"");
            assertThat(client.toEnd()).isEmpty();
        }
    }
}
