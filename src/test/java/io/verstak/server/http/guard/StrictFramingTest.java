package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two readers might understand in two ways are understood by nobody. */
class StrictFramingTest {
    private static final String POST = "POST /first HTTP/1.1\r\nHost: here\r\n";
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: here\r\n\r\n";

    private static GuardedServer server;

    @BeforeAll
    static void start() throws Exception {
        server = GuardedServer.echo(new TestLimits());
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void forget() {
        server.handled.clear();
    }

    @Test
    void s36_two_content_lengths_are_refused_and_the_connection_closed() throws Exception {
        assertRefused(POST + "Content-Length: 0\r\nContent-Length: 41\r\n\r\n" + SMUGGLED);
        assertRefused(POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + SMUGGLED);
        assertRefused(POST + "Content-Length: 5, 5\r\n\r\nhello" + SMUGGLED);
        assertThat(server.handled).isEmpty();
    }

    @Test
    void s36_a_content_length_beside_a_transfer_encoding_is_refused_and_the_connection_closed() throws Exception {
        assertRefused(POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED);
        assertRefused(POST + "Transfer-Encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED);
        assertThat(server.handled).isEmpty();
    }

    @Test
    void s36_a_bare_line_feed_is_refused_wherever_it_stands() throws Exception {
        assertRefused("GET /first HTTP/1.1\nHost: here\r\n\r\n" + SMUGGLED);
        assertRefused("GET /first HTTP/1.1\r\nHost: here\n\r\n" + SMUGGLED);
        assertRefused("GET /first HTTP/1.1\r\nHost: here\r\n\n" + SMUGGLED);
        assertThat(server.handled).isEmpty();
        assertRefused(CHUNKED + "5\nhello\r\n0\r\n\r\n" + SMUGGLED);
        assertRefused(CHUNKED + "5\r\nhello\n0\r\n\r\n" + SMUGGLED);
        assertRefused(CHUNKED + "0\n\r\n" + SMUGGLED);
        assertRefused(CHUNKED + "0\r\n\n" + SMUGGLED);
        assertThat(server.handled).containsOnly("POST /first");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oddChunks")
    void s36_odd_chunks_are_refused_and_the_connection_closed(String what, String body) throws Exception {
        assertRefused(CHUNKED + body + "\r\nhello\r\n0\r\n\r\n" + SMUGGLED);
        assertThat(server.handled).containsOnly("POST /first");
    }

    static Stream<Arguments> oddChunks() {
        return Stream.of(
                arguments("an empty size", ""),
                arguments("a size that is no number", "xyz"),
                arguments("a sign", "+5"),
                arguments("a prefix", "0x5"),
                arguments("a blank before the size", " 5"),
                arguments("a blank after the size", "5 "),
                arguments("a size beyond an int", "fffffffff"),
                arguments("a negative int", "80000005"),
                arguments("an extension without a name", "5;"),
                arguments("an extension with a blank", "5; name=value"),
                arguments("an extension without its value", "5;name="),
                arguments("an extension with an open quote", "5;name=\"open"),
                arguments("an extension with a line feed in quotes", "5;name=\"a\nb\""),
                arguments("an extension with a carriage return", "5;name=a\rb"),
                arguments("an extension with a NUL", "5;na\0me"),
                arguments("an extension with an escape in quotes", "5;name=\"a\\\"b\""),
                arguments("a blank before an extension", "5 ;name=value"),
                arguments("a size of nine digits", "000000005"),
                arguments("an endless extension", "5;" + "a".repeat(600)),
                arguments("a chunk longer than its size", "4"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badHeads")
    void s36_a_malformed_head_is_refused_and_the_connection_closed(String what, String head) throws Exception {
        assertRefused(head + "\r\n\r\n" + SMUGGLED);
        assertThat(server.handled).isEmpty();
    }

    static Stream<Arguments> badHeads() {
        String get = "GET / HTTP/1.1\r\nHost: here\r\n";
        return Stream.of(
                arguments("a folded field", get + "X-Long: one\r\n two"),
                arguments("a field folded with a tab", get + "X-Long: one\r\n\ttwo"),
                arguments("a field folded into nothing", get + "X-Long: one\r\n "),
                arguments("a blank before the first field", "GET / HTTP/1.1\r\n Host: here"),
                arguments("a blank before the colon", get + "X-Field : value"),
                arguments("a field without a colon", get + "X-Field"),
                arguments("a field without a name", get + ": value"),
                arguments("a NUL in a value", get + "X-Field: a\0b"),
                arguments("a NUL in a name", get + "X-\0Field: value"),
                arguments("a control character in a value", get + "X-Field: a\u0007b"),
                arguments("a bare CR in a value", get + "X-Field: a\rContent-Length: 41"),
                arguments("no Host", "GET / HTTP/1.1\r\nAccept: */*"),
                arguments("an empty Host", "GET / HTTP/1.1\r\nHost:"),
                arguments("two Hosts", get + "Host: there"),
                arguments("two Hosts in one field", "GET / HTTP/1.1\r\nHost: here, there"),
                arguments("a Host with a port that is none", "GET / HTTP/1.1\r\nHost: here:99999"),
                arguments("a Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1"),
                arguments("a Host with two ports", "GET / HTTP/1.1\r\nHost: here:1:2"),
                arguments("a Host with a path", "GET / HTTP/1.1\r\nHost: here/there"),
                arguments("a signed Content-Length", get + "Content-Length: +5"),
                arguments("a negative Content-Length", get + "Content-Length: -5"),
                arguments("an empty Content-Length", get + "Content-Length:"),
                arguments("a hexadecimal Content-Length", get + "Content-Length: 0x5"),
                arguments("a Content-Length beyond a long", get + "Content-Length: 99999999999999999999"),
                arguments("the greatest long as Content-Length", get + "Content-Length: 9223372036854775807"),
                arguments("the keys of a WebSocket draft", get + "Sec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2"),
                arguments("a Transfer-Encoding before chunked", get + "Transfer-Encoding: gzip, chunked"),
                arguments("an empty Transfer-Encoding before chunked", get + "Transfer-Encoding: , chunked"),
                arguments("an unknown Transfer-Encoding", get + "Transfer-Encoding: gzip"),
                arguments("a Transfer-Encoding after chunked", get + "Transfer-Encoding: chunked, identity"),
                arguments("chunked twice", get + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
                arguments("chunked with a vertical tab", get + "Transfer-Encoding: \u000bchunked"),
                arguments("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: here\r\nTransfer-Encoding: chunked"),
                arguments("two blanks in the request line", "GET  / HTTP/1.1\r\nHost: here"),
                arguments("two blanks before the version", "GET /  HTTP/1.1\r\nHost: here"),
                arguments("a blank before the method", " GET / HTTP/1.1\r\nHost: here"),
                arguments("a blank after the version", "GET / HTTP/1.1 \r\nHost: here"),
                arguments("a tab before the version", "GET /\tHTTP/1.1\r\nHost: here"),
                arguments("a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: here"),
                arguments("a blank in the target", "GET /a b HTTP/1.1\r\nHost: here"),
                arguments("a NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: here"),
                arguments("a raw byte in the target", "GET /\u00e9 HTTP/1.1\r\nHost: here"),
                arguments("no version", "GET /\r\nHost: here"),
                arguments("another version", "GET / HTTP/1.2\r\nHost: here"),
                arguments("a version in lower case", "GET / http/1.1\r\nHost: here"),
                arguments("the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM"),
                arguments("a line feed before", "\nGET / HTTP/1.1\r\nHost: here"),
                arguments("a carriage return before", "\rGET / HTTP/1.1\r\nHost: here"),
                arguments("two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: here"),
                arguments("a TLS hello", "\u0016\u0003\u0001\u0002\0\u0001"),
                arguments("nothing but noise", "\u0001\u0002\u0003\u0004"));
    }

    @Test
    void s36_a_bad_request_behind_good_ones_is_refused_after_their_answers() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(SMUGGLED.replace("smuggled", "good")
                    + SMUGGLED.replace("smuggled", "better")
                    + POST
                    + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    + SMUGGLED);
            assertThat(client.answer().body()).isEqualTo("GET /good 0");
            assertThat(client.answer().body()).isEqualTo("GET /better 0");
            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.toEnd()).isEmpty();
        }
        assertThat(server.handled).containsExactly("GET /good", "GET /better");
    }

    @Test
    void a_well_formed_chunked_body_passes_with_extensions_and_trailers() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(CHUNKED
                    + "5;name=value;flag;quoted=\"a b\"\r\nhello\r\n005\r\nagain\r\n0\r\nX-Trailer: yes\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("POST /first 10");
            client.send(SMUGGLED);
            assertThat(client.answer().body()).isEqualTo("GET /smuggled 0");
        }
    }

    @Test
    void s36_too_many_trailers_are_refused_and_the_connection_closed() throws Exception {
        assertRefused(CHUNKED + "0\r\n" + "X-Trailer: yes\r\n".repeat(33) + "\r\n" + SMUGGLED);
        assertThat(server.handled).containsOnly("POST /first");
    }

    @Test
    void requests_that_come_byte_by_byte_or_all_at_once_are_the_same() throws Exception {
        String both = "\r\n" + POST + "Content-Length: 5\r\n\r\nhello" + CHUNKED + "5\r\nhello\r\n0\r\n\r\n" + SMUGGLED;
        try (RawClient whole = server.connect();
                RawClient pieces = server.connect()) {
            whole.send(both);
            for (int i = 0; i < both.length(); i++) {
                pieces.send(both.substring(i, i + 1));
            }
            for (RawClient client : new RawClient[] {whole, pieces}) {
                assertThat(client.answer().body()).isEqualTo("POST /first 5");
                assertThat(client.answer().body()).isEqualTo("POST /first 5");
                assertThat(client.answer().body()).isEqualTo("GET /smuggled 0");
            }
        }
    }

    private static void assertRefused(String bytes) throws Exception {
        try (RawClient client = server.connect()) {
            client.send(bytes);
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.body()).matches("\\{\"error\":\"[^\"]+\",\"code\":\"invalid_request\"}");
            assertThat(client.toEnd()).isEmpty();
        }
    }
}
