package io.verstak.server.http.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.nio.charset.StandardCharsets;

/**
 * A chunk of chunked answers (RFC 9112, section 7.1), put together once for all the connections that it is written to: the
 * way through Vert.x and the encoder costs each of ten thousand connections more than all the rest of a wake.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write closes the channel, and shows there
public final class SharedChunk {
    private final byte[] encoded;

    /** @param text not empty */
    public SharedChunk(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        byte[] size = (Integer.toHexString(data.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        encoded = new byte[size.length + data.length + 2];
        System.arraycopy(size, 0, encoded, 0, size.length);
        System.arraycopy(data, 0, encoded, size.length, data.length);
        encoded[encoded.length - 2] = '\r';
        encoded[encoded.length - 1] = '\n';
    }

    /** A way past the encoder, to be found once for each answer. */
    public static final class Way {
        private final ChannelHandlerContext encoder;

        /** @param request whose answer is chunked */
        public Way(HttpServerRequest request) {
            ChannelHandlerContext connection = ((HttpServerConnection) request.connection()).channelHandlerContext();
            encoder = connection.pipeline().context("httpEncoder");
        }
    }

    /**
     * Writes it behind what was written to the answer so far. To be called on the connection's event loop, between the
     * answer's head and its end, and not while its write queue is full: nothing may wait there to be overtaken.
     */
    public void write(Way way) {
        way.encoder.writeAndFlush(Unpooled.wrappedBuffer(encoded));
    }
}
