package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.verstak.server.testkit.Await;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a request keeps in memory while its handler has paused it: it has to be little, for there may be hundreds. */
class PausedBodyTest {
    private static final int BODY = 16 << 20;
    private static final long ALLOWED = 512 << 10;

    private final AtomicLong taken = new AtomicLong();
    private final CompletableFuture<Channel> paused = new CompletableFuture<>();

    @Test
    void a_paused_body_is_left_in_the_socket_but_for_half_a_mebibyte() throws Exception {
        try (GuardedServer server = GuardedServer.with(new TestLimits(), this::pause);
                RawClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY + "\r\n\r\n");
            Channel channel = paused.get(60, TimeUnit.SECONDS);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendBody(client));

            Await.until(() -> !channel.config().isAutoRead());

            assertThat(taken).hasValueBetween(1, ALLOWED);
            client.socket.close();
            sending.get(60, TimeUnit.SECONDS);
        }
    }

    private void pause(HttpServerRequest request) {
        request.pause();
        Channel channel = ((HttpServerConnection) request.connection())
                .channelHandlerContext()
                .channel();
        channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                taken.addAndGet(((ByteBuf) message).readableBytes());
                context.fireChannelRead(message);
            }
        });
        paused.complete(channel);
    }

    private static void sendBody(RawClient client) {
        try {
            client.send(new byte[BODY]);
        } catch (IOException closed) {
            // As it should be: nobody reads it.
        }
    }
}
