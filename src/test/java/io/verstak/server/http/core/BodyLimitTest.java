package io.verstak.server.http.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.protocol.Sync;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A JSON body over the limit is refused while it arrives. */
class BodyLimitTest {
    private static final int LIMIT = 1 << 20;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of("limits.maxJsonBody", Integer.toString(LIMIT)))
            .withUser("alice")
            .withUser("bob");

    private static final ExecutorService READERS = Executors.newCachedThreadPool();

    @AfterAll
    static void stopReading() {
        READERS.shutdown();
    }

    private static final Desktop DEVICE = SERVER.pair("alice", "main");
    private static final Desktop OTHER = SERVER.pair("bob", "main");

    @Test
    void a_body_of_exactly_the_limit_is_read() {
        Request request = Request.post(Sync.PULL, padded(LIMIT)).bearer(DEVICE.token());

        assertThat(SERVER.send(request).status()).isEqualTo(200);
        assertThat(SERVER.send(request.inChunks()).status()).isEqualTo(200);
    }

    @Test
    void one_byte_more_is_too_large() {
        Request request = Request.post(Sync.PULL, padded(LIMIT + 1)).bearer(DEVICE.token());

        assertTooLarge(SERVER.send(request));
        assertTooLarge(SERVER.send(request.inChunks()));
        assertTooLarge(SERVER.send(Request.post("/api/client/pair", padded(LIMIT + 1))));
    }

    @Test
    void an_announced_length_is_refused_before_a_byte_of_the_body() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Request.post(Sync.PULL, padded(LIMIT + 1))
                    .bearer(DEVICE.token())
                    .head());

            assertTooLarge(http.read());
        }
    }

    @Test
    void chunks_are_refused_when_they_pass_the_limit_and_not_at_their_end() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Request.post(Sync.PULL, new byte[0])
                    .bearer(DEVICE.token())
                    .inChunks()
                    .head());
            http.write((Integer.toHexString(LIMIT + 1) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            http.offer(padded(LIMIT + 1).getBytes(StandardCharsets.US_ASCII));

            assertTooLarge(http.read());
        }
    }

    @Test
    void a_token_is_looked_at_before_the_body() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Request.post(Sync.PULL, padded(LIMIT)).bearer("no token").head());

            assertThat(http.read().status()).isEqualTo(401);
        }
    }

    @Test
    void s39_large_bodies_of_one_user_that_do_not_end_keep_nobody_else_out() throws Exception {
        List<Http> connections = new ArrayList<>();
        CountDownLatch refused = new CountDownLatch(8);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Http http = Http.connect(SERVER.port());
            connections.add(http);
            http.write(Request.post(Sync.PULL, padded(LIMIT))
                    .bearer(DEVICE.token())
                    .head());
            http.offer(padded(LIMIT).substring(0, LIMIT - 1).getBytes(StandardCharsets.US_ASCII));
            answers.add(CompletableFuture.supplyAsync(() -> status(http, refused), READERS));
        }

        assertThat(refused.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Sync.pull(SERVER, DEVICE, 0, 0).status()).isEqualTo(200);
        assertThat(SERVER.send(Request.post(Sync.PULL, padded(LIMIT)).bearer(OTHER.token()))
                        .status())
                .isEqualTo(200);
        for (int i = 0; i < 12; i++) {
            if (!answers.get(i).isDone()) {
                connections.get(i).offer(new byte[] {'}'});
            }
        }

        assertThat(answers.stream().map(CompletableFuture::join))
                .containsOnly(200, 503)
                .filteredOn(status -> status == 503)
                .hasSizeGreaterThanOrEqualTo(8);
        for (Http http : connections) {
            http.close();
        }
    }

    private static int status(Http http, CountDownLatch answered) {
        try {
            return http.read().status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            answered.countDown();
        }
    }

    private static void assertTooLarge(Answer answer) {
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("request_too_large");
    }

    private static String padded(int bytes) {
        return "{" + " ".repeat(bytes - 2) + "}";
    }
}
