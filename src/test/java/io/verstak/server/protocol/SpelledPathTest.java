package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A base address with a slash at its end, and other spellings of one path, work alike for every call of a desktop. */
class SpelledPathTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @ParameterizedTest
    @ValueSource(strings = {"/%s", "//%s", "///%s", "/%%61%s", "/%s/"})
    void every_call_of_a_desktop_is_found(String spelling) {
        byte[] file = spelling.getBytes(StandardCharsets.UTF_8);
        String blob = "/v1/blobs/" + Sha256.of(file).hex();

        assertThat(status(
                        spelling,
                        "POST",
                        "/client/pair",
                        "{\"login\":\"alice\",\"password\":\"" + TestServer.PASSWORD + "\"}"))
                .isEqualTo(200);
        assertThat(status(spelling, "GET", "/client/me", "")).isEqualTo(200);
        assertThat(status(
                        spelling,
                        "POST",
                        "/v1/sync/push",
                        Desktop.pushBody(List.of(OutboxOp.note("n", "x")), 0).toString()))
                .isEqualTo(200);
        assertThat(status(spelling, "POST", "/v1/sync/pull", "{}")).isEqualTo(200);
        assertThat(status(spelling, "HEAD", blob, "")).isEqualTo(404);
        assertThat(status(spelling, "PUT", blob, spelling)).isEqualTo(201);
        assertThat(status(spelling, "HEAD", blob, "")).isEqualTo(200);
        Answer download = SERVER.send(request(spelling, "GET", blob, ""));
        assertThat(download.wire()).isEqualTo(file);
    }

    private static int status(String spelling, String method, String path, String body) {
        return SERVER.send(request(spelling, method, path, body)).status();
    }

    /** The path below {@code /api} in another spelling. */
    private static Request request(String spelling, String method, String path, String body) {
        boolean escaped = spelling.contains("%%61");
        String spelled = spelling.formatted((escaped ? "pi" : "api") + path);
        Request request = new Request(method, spelled, List.of(), body.getBytes(StandardCharsets.UTF_8), false);
        return request.bearer(DEVICE.token());
    }
}
