package io.verstak.server.http.guard;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.nio.charset.StandardCharsets;

/**
 * A chunk of chunked answers (RFC 9112, section 7.1), encoded once for all connections: for ten thousand connections,
 * the path through Vert.x and the encoder costs more than the rest of a wake.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write closes the channel, and shows there
public final class SharedChunk {
    private final byte[] encoded;
    private final int bytes;

    /** @param text not empty */
    public SharedChunk(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        byte[] size = (Integer.toHexString(data.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        bytes = data.length;
        encoded = new byte[size.length + data.length + 2];
        System.arraycopy(size, 0, encoded, 0, size.length);
        System.arraycopy(data, 0, encoded, size.length, data.length);
        encoded[encoded.length - 2] = '\r';
        encoded[encoded.length - 1] = '\n';
    }

    /** A writer that bypasses the encoder, looked up once per answer. */
    public static final class Way {
        private final ChannelHandlerContext encoder;
        private long written;

        /** @param request the request whose answer is chunked */
        public Way(HttpServerRequest request) {
            ChannelHandlerContext connection = ((HttpServerConnection) request.connection()).channelHandlerContext();
            encoder = connection.pipeline().context("httpEncoder");
        }

        /** Bytes of the answer's body that went this way: Vert.x does not count them. */
        public long written() {
            return written;
        }
    }

    /**
     * Writes the chunk after everything written to the answer so far. Called on the connection's event loop, between
     * the answer's head and its end, and not while its write queue is full, since queued data would be overtaken.
     */
    public void write(Way way) {
        way.written += bytes;
        way.encoder.writeAndFlush(Unpooled.wrappedBuffer(encoded));
    }
}
