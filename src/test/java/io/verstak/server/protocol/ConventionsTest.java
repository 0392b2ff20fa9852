package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 1 but for JSON bodies: errors, methods, languages, compression. */
class ConventionsTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @Test
    void an_error_is_one_object_with_words_and_a_code() {
        Answer answer = SERVER.send(Request.get("/api/client/me"));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().fieldNames()).toIterable().containsExactlyInAnyOrder("error", "code");
        assertThat(answer.code()).isEqualTo("unauthorized");
        assertThat(answer.json().required("error").asText()).isNotBlank();
        assertThat(answer.body().length).isLessThan(500);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/client/pair, 'OPTIONS, POST'",
        "GET, /api/auth/test, 'OPTIONS, POST'",
        "GET, /api/v1/device/register, 'OPTIONS, POST'",
        "POST, /api/client/me, 'GET, HEAD, OPTIONS'",
        "GET, /api/client/revoke-current, 'OPTIONS, POST'",
        "DELETE, /api/client/revoke-device, 'OPTIONS, POST'",
        "PUT, /api/v1/sync/push, 'OPTIONS, POST'",
        "GET, /api/v1/sync/pull, 'OPTIONS, POST'",
        "POST, /api/v1/health, 'GET, HEAD, OPTIONS'"
    })
    void a_known_path_with_another_method_names_those_it_takes(String method, String path, String allowed) {
        Answer answer = SERVER.send(Request.of(method, path));

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.code()).isEqualTo("method_not_allowed");
        assertThat(answer.header("Allow")).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/",
                "/api/nothing",
                "/api/v1/sync/push/more",
                "/api/v1/sync/%70ush/x",
                "/api/v1/blobs/%2e%2e/../../../etc/passwd"
            })
    void an_unknown_path_of_the_api_is_not_found_in_json(String path) {
        Answer answer = SERVER.send(Request.get(path).with("Accept", "text/html"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("not_found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ru-RU,ru;q=0.9,en;q=0.8 | ru | Страница не найдена",
                "ru                      | ru | Страница не найдена",
                "en-GB,en;q=0.9,ru;q=0.1 | en | Page not found",
                "de, fr;q=0.5            | en | Page not found",
                ";                       | en | Page not found",
                "-, --;q=x, ,;q=1, ru    | ru | Страница не найдена"
            })
    void an_unknown_page_is_not_found_in_the_readers_language(String accepted, String language, String title) {
        Answer answer = SERVER.send(Request.get("/nothing").with("Accept-Language", accepted));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(answer.text()).startsWith("<!doctype html>").contains("lang=\"" + language + "\"", title);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login%", "/%zz", "/login?next=%1"})
    void a_page_with_a_broken_escape_is_refused_in_html(String path) {
        Answer answer = SERVER.send(Request.get(path));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(answer.text()).startsWith("<!doctype html>").contains("lang=\"ru\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/%zz", "/api/v1/blobs/%", "/admin/api/%", "//api/%", "/api/v1/health?%"})
    void a_path_of_the_api_with_a_broken_escape_is_refused_in_json(String path) {
        Answer answer = SERVER.send(Request.get(path));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_request");
    }

    @Test
    void a_page_with_another_method_says_so_in_html() {
        Answer answer = SERVER.send(Request.post("/livez", ""));

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(answer.text()).contains("<html");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "identity"})
    void s35_a_body_with_a_content_coding_is_refused(String coding) {
        Answer answer =
                SERVER.send(Request.post(Sync.PULL, "{}").bearer(DEVICE.token()).with("Content-Encoding", coding));

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.code()).isEqualTo("unsupported_media_type");
    }

    @Test
    void answers_are_gzipped_for_who_accepts_it() {
        Sync.push(SERVER, DEVICE, OutboxOp.note("long", "x".repeat(2000)));

        assertThat(pull("gzip").header("Content-Encoding")).isEqualTo("gzip");
        assertThat(pull("gzip, deflate").header("Content-Encoding")).isEqualTo("gzip");
        assertThat(pull("gzip").json()).isEqualTo(pull("identity").json());
        assertThat(pull("gzip").wire().length).isLessThan(1000);
        assertThat(pull("gzip").header("Vary").toLowerCase(Locale.ROOT)).isEqualTo("accept-encoding");
        assertThat(pull("identity").header("Content-Encoding")).isEmpty();
        assertThat(pull("gzip;q=0").header("Content-Encoding")).isEmpty();
        assertThat(pull("br").header("Content-Encoding")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "/nothing", "/openapi.yaml"})
    void pages_and_their_refusals_are_gzipped_like_any_other_answer(String path) {
        Answer plain = SERVER.send(Request.get(path).bearer(DEVICE.token()).with("Accept-Encoding", "identity"));
        Answer answer = SERVER.send(Request.get(path).bearer(DEVICE.token()).with("Accept-Encoding", "gzip"));

        assertThat(answer.status()).isEqualTo(plain.status());
        assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(answer.header("Content-Type")).isEqualTo(plain.header("Content-Type"));
        assertThat(answer.body()).hasSameSizeAs(plain.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/client/me", "/api/nothing", "/livez"})
    void what_is_shorter_than_1_kib_comes_as_it_is(String path) {
        Answer answer = SERVER.send(Request.get(path).bearer(DEVICE.token()).with("Accept-Encoding", "gzip"));

        assertThat(answer.header("Content-Encoding")).isEmpty();
        assertThat(answer.header("Vary").toLowerCase(Locale.ROOT)).isEqualTo("accept-encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "bEaReR  "})
    void the_scheme_of_a_token_is_read_in_any_case(String scheme) {
        Request me = Request.get("/api/client/me").with("Authorization", scheme + DEVICE.token());

        assertThat(SERVER.send(me).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=utf-8",
                "Application/JSON;CHARSET=\"UTF-8\"",
                "text/plain",
                "application/x-www-form-urlencoded"
            })
    void what_a_json_body_is_called_does_not_matter(String type) {
        Request pull = Request.post(Sync.PULL, "{}".getBytes(StandardCharsets.UTF_8))
                .with("content-TYPE", type)
                .bearer(DEVICE.token());

        assertThat(SERVER.send(pull).status()).isEqualTo(200);
    }

    @Test
    void weights_and_several_lines_of_accept_encoding_are_read_as_one_list() {
        Request openApi = Request.get("/openapi.yaml").with("Accept-Encoding", "br;q=1.0");

        assertThat(SERVER.send(openApi.with("accept-encoding", "gzip;q=0.5")).header("Content-Encoding"))
                .isEqualTo("gzip");
        assertThat(SERVER.send(openApi.with("accept-encoding", "GZIP; q=0.000")).header("Content-Encoding"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "*, 'GET, HEAD, OPTIONS'",
        "/, 'GET, HEAD, OPTIONS'",
        "/livez, 'GET, HEAD, OPTIONS'",
        "/api/v1/sync/push, 'OPTIONS, POST'",
        "/login, 'GET, HEAD, OPTIONS, POST'"
    })
    void options_of_a_known_path_are_its_methods(String path, String allowed) {
        Answer answer = SERVER.send(Request.of("OPTIONS", path));

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Allow")).isEqualTo(allowed);
        assertThat(SERVER.send(Request.of("OPTIONS", "/api/nothing")).status()).isEqualTo(404);
    }

    @Test
    void a_password_manager_finds_where_a_password_is_changed() {
        Answer answer = SERVER.send(Request.get("/.well-known/change-password"));

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/account");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//livez", "/livez/", "/%6Civez", "///livez//", "/./livez"})
    void one_path_may_be_spelled_in_several_ways(String path) {
        assertThat(SERVER.send(Request.get(path)).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/client/me", "/livez", "/readyz", "/api/v1/capabilities", "/", "/login", "/nothing"})
    void head_is_answered_like_get_without_the_body(String path) throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            Answer get = http.send(Request.get(path).bearer(DEVICE.token()));
            Answer head = http.send(Request.of("HEAD", path).bearer(DEVICE.token()));

            assertThat(head.status()).isEqualTo(get.status());
            assertThat(head.header("Content-Type")).isEqualTo(get.header("Content-Type"));
            assertThat(head.wire()).isEmpty();
            assertThat(http.send(Request.get("/livez")).status()).isEqualTo(200);
        }
    }

    @Test
    void a_connection_serves_one_request_after_another_refusals_included() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            List<Request> requests = List.of(
                    Request.get("/api/client/me").bearer(DEVICE.token()),
                    Request.get("/api/nothing"),
                    Request.post(Sync.PULL, "{").bearer(DEVICE.token()),
                    Request.post(Sync.PULL, "{}").bearer(DEVICE.token()).inChunks(),
                    Request.get("/livez"));
            List<Integer> statuses = new ArrayList<>();
            for (Request request : requests) {
                statuses.add(http.send(request).status());
            }
            assertThat(statuses).containsExactly(200, 404, 400, 200, 200);
        }
    }

    @Test
    void s41_a_body_that_breaks_off_its_chunks_is_refused_and_no_fault_of_the_server() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Request.post(Sync.PULL, "{}")
                    .bearer(DEVICE.token())
                    .inChunks()
                    .head());
            http.write("no size\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(http.read().status()).isEqualTo(400);
            assertThat(http.ends()).isTrue();
        }
        // ServerLog fails the test if that was logged as an error: anybody could fill the log with it.
        assertThat(SERVER.send(Request.get("/livez")).status()).isEqualTo(200);
    }

    @Test
    void s41_a_body_whose_connection_is_reset_is_no_fault_of_the_server() throws Exception {
        byte[] head = Request.post(Sync.PULL, "{}")
                .bearer(DEVICE.token())
                .with("Expect", "100-continue")
                .head();
        for (int i = 0; i < 5; i++) {
            try (Http http = Http.connect(SERVER.port())) {
                http.write(head);
                // It is read now: from here on the connection breaks in the midst of a body.
                assertThat(http.read().status()).isEqualTo(100);
                http.reset();
            }
        }
        // Behind the others on each event loop; ServerLog fails the test if any of them was logged as an error.
        assertThat(SERVER.send(Request.get("/livez")).status()).isEqualTo(200);
    }

    private static Answer pull(String acceptEncoding) {
        return SERVER.send(
                Request.post(Sync.PULL, "{}").bearer(DEVICE.token()).with("Accept-Encoding", acceptEncoding));
    }
}
