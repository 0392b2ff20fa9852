package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Await;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How slowly an answer may be taken: as slowly as one likes, as long as it is taken; and only then the next one is made. */
class ResponseProgressTest {
    private static final String GET = "GET %s HTTP/1.1\r\nHost: here\r\n\r\n";
    private static final int STALL_MILLIS = 400;

    /** For a client that does take its answer: a busy machine may keep it from that for a second and more. */
    private static final int PATIENT_STALL_MILLIS = 2000;

    private static final int SMALL_BUFFER = 16 * 1024;
    private static final int PAGE_BYTES = 64 * 1024;

    /** Requests on one connection, without waiting for an answer. */
    private static final int ROW = 100;

    private static final long FILE_BYTES = 256L << 20;

    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void createSparseFile() throws Exception {
        file = folder.resolve("blob");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(FILE_BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/file", "/buffer"})
    void s37_a_client_that_stops_reading_is_closed(String path) throws Exception {
        try (GuardedServer server = start(STALL_MILLIS);
                RawClient client = new RawClient(server.port(), SMALL_BUFFER)) {
            client.send(GET.formatted(path));
            closed.get(60, TimeUnit.SECONDS);
            Await.until(() -> server.guard.openConnections() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/file", "/buffer"})
    void a_slow_steady_reader_is_never_cut(String path) throws Exception {
        AtomicLong taken = new AtomicLong();
        byte[] gulp = new byte[8 * 1024];
        try (GuardedServer server = start(PATIENT_STALL_MILLIS);
                Pace pace = new Pace();
                RawClient client = new RawClient(server.port(), SMALL_BUFFER)) {
            client.send(GET.formatted(path));
            pace.steps(
                            170,
                            Duration.ofMillis(30),
                            at -> taken.addAndGet(client.in().readNBytes(gulp, 0, gulp.length)))
                    .get(60, TimeUnit.SECONDS);
            assertThat(taken).hasValue(170L * gulp.length);
            assertThat(closed).isNotDone();
        }
    }

    @Test
    void s39_who_asks_on_and_takes_no_answer_is_given_no_more() throws Exception {
        try (GuardedServer server = start(STALL_MILLIS);
                RawClient client = new RawClient(server.port(), SMALL_BUFFER)) {
            client.send(GET.formatted("/page").repeat(ROW));
            closed.get(60, TimeUnit.SECONDS);
            assertThat(server.handled).hasSizeLessThan(ROW / 4);
        }
    }

    @Test
    void a_row_of_requests_is_answered_as_its_answers_are_taken_bodies_included() throws Exception {
        String post = "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello";
        try (GuardedServer server = GuardedServer.with(new TestLimits(), this::serve);
                RawClient client = new RawClient(server.port(), SMALL_BUFFER)) {
            client.send((GET.formatted("/page") + post).repeat(ROW));
            for (int i = 0; i < ROW; i++) {
                assertThat(client.answer().body()).hasSize(PAGE_BYTES);
                assertThat(client.answer().body()).isEqualTo("POST /echo 5");
            }
        }
    }

    @Test
    void a_whole_file_arrives() throws Exception {
        try (GuardedServer server = GuardedServer.with(new TestLimits(), this::serve);
                RawClient client = server.connect()) {
            client.send(GET.formatted("/file"));
            client.answerHead();
            client.in().skipNBytes(FILE_BYTES);
            client.send(GET.formatted("/none"));
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    private GuardedServer start(int stallMillis) throws Exception {
        return GuardedServer.with(new TestLimits().responseStall(stallMillis, SMALL_BUFFER), this::serve);
    }

    private void serve(HttpServerRequest request) {
        request.connection().closeHandler(gone -> closed.complete(null));
        switch (request.path()) {
            case "/file" -> request.response().sendFile(file.toString());
            case "/buffer" -> request.response().end(Buffer.buffer(new byte[64 << 20]));
            case "/page" -> request.response().end(Buffer.buffer(new byte[PAGE_BYTES]));
            case "/echo" -> {
                GuardedServer.echo(request);
                request.resume();
            }
            default -> request.response().end();
        }
    }
}
