package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.verstak.server.domain.Sha256;
import io.verstak.server.http.core.RequestBody;
import io.verstak.server.testkit.Await;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bodies that go to their reader past Vert.x: whole, in order, and left in the socket while the reader pauses. */
class BodyHandoverTest {
    private static final int BODY = 8 << 20;
    private static final int CHUNK = 100_000;
    private static final long ONE_READ = 64 << 10;
    private static final int PIECES_BETWEEN_PAUSES = 7;
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: a\r\n";

    private final byte[] body = new byte[BODY];
    private final CompletableFuture<HttpServerRequest> first = new CompletableFuture<>();
    private final CompletableFuture<Context> context = new CompletableFuture<>();

    BodyHandoverTest() {
        new Random(14).nextBytes(body);
    }

    @Test
    void bodies_on_one_connection_arrive_whole_though_a_part_had_come_before_their_reader() throws Exception {
        try (GuardedServer server = GuardedServer.with(new TestLimits(), this::hold);
                RawClient client = server.connect()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                send(client, HEAD + "Content-Length: " + BODY + "\r\n\r\n");
                send(client, body);
                send(client, HEAD + "Transfer-Encoding: chunked\r\n\r\n");
                sendChunked(client);
                send(client, HEAD + "Content-Length: 3\r\n\r\nend");
            });
            Channel channel = channel(first.get(60, TimeUnit.SECONDS));
            Await.until(() -> !channel.config().isAutoRead());

            context.get().runOnContext(now -> answerDigest(first.join()));

            String digest = BODY + " "
                    + Sha256.ofDigest(Sha256.newDigest().digest(body)).hex();
            assertThat(client.answer().body()).isEqualTo(digest);
            assertThat(client.answer().body()).isEqualTo(digest);
            assertThat(client.answer().body()).startsWith("3 ");
            sending.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_reader_that_pauses_gets_no_more_than_what_was_read_and_learns_when_the_client_goes() throws Exception {
        CompletableFuture<RequestBody> pausedBody = new CompletableFuture<>();
        CompletableFuture<Throwable> broken = new CompletableFuture<>();
        long[] received = new long[2];
        try (GuardedServer server = GuardedServer.with(new TestLimits(), request -> {
                    hold(request);
                    RequestBody paused = new RequestBody(request);
                    paused.exceptionHandler(broken::complete);
                    paused.handler(piece -> {
                        received[1] += piece.length();
                        if (received[0] == 0 && received[1] >= BODY / 2) {
                            received[0] = received[1];
                            paused.pause();
                            pausedBody.complete(paused);
                        }
                    });
                    paused.resume();
                });
                RawClient client = server.connect()) {
            send(client, HEAD + "Content-Length: " + 2 * BODY + "\r\n\r\n");
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(client, body));
            RequestBody paused = pausedBody.get(60, TimeUnit.SECONDS);
            CompletableFuture<Long> after = new CompletableFuture<>();
            context.get().runOnContext(now -> after.complete(received[1] - received[0]));

            assertThat(after.get(60, TimeUnit.SECONDS)).isBetween(0L, ONE_READ);
            assertThat(channel(first.join()).config().isAutoRead()).isFalse();

            client.socket.close();
            context.get().runOnContext(now -> paused.resume());
            assertThat(broken.get(60, TimeUnit.SECONDS)).isNotNull();
            sending.get(60, TimeUnit.SECONDS);
        }
    }

    /** Leaves the first request paused, and answers the others. */
    private void hold(HttpServerRequest request) {
        request.pause();
        if (context.complete(Vertx.currentContext())) {
            first.complete(request);
        } else {
            answerDigest(request);
        }
    }

    private static void answerDigest(HttpServerRequest request) {
        Context current = Vertx.currentContext();
        RequestBody body = new RequestBody(request);
        Buffer whole = Buffer.buffer();
        int[] pieces = new int[1];
        body.handler(piece -> {
            whole.appendBuffer(piece);
            if (++pieces[0] % PIECES_BETWEEN_PAUSES == 0) {
                body.pause();
                current.runOnContext(later -> body.resume());
            }
        });
        body.endHandler(end -> {
            assertThat(TransportGuard.bytesRead(request)).isEqualTo(whole.length());
            String digest =
                    Sha256.ofDigest(Sha256.newDigest().digest(whole.getBytes())).hex();
            request.response().end(whole.length() + " " + digest);
        });
        body.resume();
    }

    private void sendChunked(RawClient client) {
        for (int from = 0; from < BODY; from += CHUNK) {
            int length = Math.min(CHUNK, BODY - from);
            send(client, Integer.toHexString(length) + "\r\n");
            send(client, Arrays.copyOfRange(body, from, from + length));
            send(client, "\r\n");
        }
        send(client, "0\r\n\r\n");
    }

    private static Channel channel(HttpServerRequest request) {
        return ((HttpServerConnection) request.connection())
                .channelHandlerContext()
                .channel();
    }

    private static void send(RawClient client, String text) {
        send(client, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void send(RawClient client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException closed) {
            // The test has closed it, or its answers miss.
        }
    }
}
