package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are not exactly one file. */
class InvalidMultipartTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");
    private static final String OTHER_PART = "\r\n--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny";

    @AfterEach
    void nothing_is_left() {
        assertThat(Blobs.uploads(SERVER)).isEmpty();
        assertThat(SERVER.blobs().hashes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"\"",
                "multipart/form-data; boundary=a; boundary=b",
                "multipart/form-data; boundary=\"b",
                "multipart/mixed; boundary=b",
                "multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void s32_a_body_that_is_not_multipart_or_names_no_boundary(String contentType) {
        assertRefused(
                SERVER.send(Request.post(Blobs.PATH, (Blobs.HEAD + "x" + Blobs.END).getBytes(StandardCharsets.US_ASCII))
                        .with("Content-Type", contentType)
                        .bearer(DEVICE.token())));
    }

    @Test
    void s32_a_body_without_a_content_type_or_with_two() {
        Request request = Request.post(Blobs.PATH, new byte[10]).bearer(DEVICE.token());

        assertRefused(SERVER.send(request));
        assertRefused(SERVER.send(request.with("Content-Type", Blobs.MULTIPART).with("Content-Type", Blobs.MULTIPART)));
    }

    @Test
    void s32_a_second_part_is_refused_although_the_first_is_the_file() {
        assertRefused(SERVER.send(Blobs.raw(DEVICE, Blobs.HEAD + "x" + OTHER_PART + Blobs.END)));
    }

    @Test
    void s32_a_file_behind_another_part_is_refused() {
        assertRefused(SERVER.send(Blobs.raw(DEVICE, OTHER_PART.substring(2) + "\r\n" + Blobs.HEAD + "x" + Blobs.END)));
    }

    @Test
    void s32_ten_thousand_parts_are_refused_at_the_second() {
        assertRefused(SERVER.send(Blobs.raw(DEVICE, Blobs.HEAD + "x" + OTHER_PART.repeat(10_000) + Blobs.END)));
    }

    @Test
    void s32_a_huge_part_head_is_refused() {
        String field = "X-Long: " + "x".repeat(1 << 20) + "\r\n";

        assertRefused(
                SERVER.send(Blobs.raw(DEVICE, Blobs.HEAD.replace("Content-", field + "Content-") + "x" + Blobs.END)));
    }

    @Test
    void s32_a_body_that_ends_before_its_boundary_is_refused() {
        String whole = Blobs.HEAD + "x".repeat(100_000) + Blobs.END;
        for (int missing : new int[] {3, 5, 9, 50_000, 100_000, whole.length()}) {
            assertRefused(SERVER.send(Blobs.raw(DEVICE, whole.substring(0, whole.length() - missing))));
        }
    }

    @Test
    void s32_a_length_that_is_longer_than_the_body_leaves_nothing() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Blobs.headOf(DEVICE, 1_000_000));
            http.write((Blobs.HEAD + "x".repeat(500_000)).getBytes(StandardCharsets.US_ASCII));
            Blobs.until(() -> Blobs.uploads(SERVER).size() == 1);
        }
        Blobs.until(() -> Blobs.uploads(SERVER).isEmpty());
    }

    @Test
    void s32_a_refusal_comes_while_the_client_is_still_sending() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Blobs.headOf(DEVICE, 100_000_000));
            http.write((Blobs.HEAD + "x" + OTHER_PART).getBytes(StandardCharsets.US_ASCII));

            assertRefused(http.read());
        }
    }

    @Test
    void a_connection_goes_on_behind_a_refused_body_that_was_read() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            assertRefused(http.send(Blobs.raw(DEVICE, Blobs.HEAD + "x")));

            assertThat(http.send(Request.get("/livez")).status()).isEqualTo(200);
        }
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_multipart");
    }
}
