package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies of the largest size, made of what takes most memory, against the heap that everybody runs with. */
class LargestBodiesIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final int LARGEST = 32 << 20;
    private static final String PUSH = "/api/v1/sync/push";
    private static final String PULL = "/api/v1/sync/pull";
    private static final String OP =
            "{\"ops\":[{\"op_id\":\"a\",\"entity_type\":\"n\",\"entity_id\":\"e\",\"op_type\":\"u\",\"payload_json\":\"";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static PackagedServer server;

    @SuppressWarnings("NullAway.Init")
    private static Desktop device;

    /** What a body is made of: a beginning, something that is repeated, with a number for each #, and an end. */
    private enum Body {
        ONE_UNKNOWN_TEXT(PULL, "{\"x\":\"", "я".repeat(512), "\"}"),
        UNKNOWN_NAMES(PULL, "{\"x\":0", ",\"#\":0", "}"),
        UNKNOWN_VALUES(PULL, "{\"x\":[0", ",{},[],0", "]}"),
        ONE_PAYLOAD(PUSH, OP, "\\u0434".repeat(128), "\"}]}"),
        ONE_NAME_OF_AN_OP(PUSH, "{\"ops\":[{\"op_id\":\"", "a".repeat(1024), "\"}]}"),
        EMPTY_OPS(PUSH, "{\"ops\":[{}", ",{}", "]}"),
        DIGESTS("/api/v1/blobs/missing", "{\"sha256\":[\"\"", ",\"#\"", "]}");

        private final String path;
        private final String begin;
        private final String unit;
        private final String end;

        Body(String path, String begin, String unit, String end) {
            this.path = path;
            this.begin = begin;
            this.unit = unit;
            this.end = end;
        }

        Request request() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(LARGEST);
            bytes.writeBytes(begin.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; bytes.size() < LARGEST - 2048; i++) {
                bytes.writeBytes(unit.replace("#", Integer.toHexString(i)).getBytes(StandardCharsets.UTF_8));
            }
            bytes.writeBytes(end.getBytes(StandardCharsets.UTF_8));
            return Request.post(path, bytes.toByteArray());
        }
    }

    private static final int STRANGERS_CALLS = 600;
    private static final int NAME_BYTES = 48_000;

    @BeforeAll
    static void start() {
        server = PackagedServer.start(folder.resolve("data"));
        server.addUser("alice", PASSWORD);
        device = Desktop.pair(server::port, "alice", PASSWORD, "main");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ONE_UNKNOWN_TEXT, 200, ''",
        "UNKNOWN_NAMES, 200, ''",
        "UNKNOWN_VALUES, 200, ''",
        "ONE_PAYLOAD, 413, payload_too_large",
        "ONE_NAME_OF_AN_OP, 400, field_too_long",
        "EMPTY_OPS, 413, too_many_operations",
        "DIGESTS, 413, request_too_large"
    })
    void s39_no_body_takes_memory_without_bound(Body body, int status, String code) throws Exception {
        Answer answer = Http.once(server.port(), body.request().bearer(device.token()));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().path("code").asText()).isEqualTo(code);
        assertThat(Http.once(server.port(), Request.get("/livez")).status()).isEqualTo(200);
        assertThat(server.isAlive()).isTrue();
    }

    /** More bytes than half of the heap: no name of a body may outlive it, above all none of somebody unknown. */
    @Test
    void s39_names_that_strangers_make_up_are_not_kept() throws Exception {
        try (Http connection = Http.connect(server.port())) {
            for (int i = 0; i < STRANGERS_CALLS; i++) {
                String body = "{\"" + name(4L * i) + "\":1,\"" + name(4L * i + 1) + "\":1,\"" + name(4L * i + 2)
                        + "\":1,\"" + name(4L * i + 3) + "\":1}";

                assertThat(connection
                                .send(Request.post("/api/auth/test", body.getBytes(StandardCharsets.UTF_8)))
                                .status())
                        .isEqualTo(400);
            }
        }
        assertThat(server.isAlive()).isTrue();
    }

    private static String name(long number) {
        return "%016x".formatted(number).repeat(NAME_BYTES / 16);
    }
}
