package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;

/**
 * Bytes that are prepared once and sent in the answers to many clients: a whole body, or a chunk of chunked answers (RFC
 * 9112, section 7.1). For ten thousand connections, the path through Vert.x and the encoder costs more than the rest of
 * a wake.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write closes the channel, and shows there
public final class SharedBytes {
    private final byte[] encoded;
    private final int bytes;

    private SharedBytes(byte[] encoded, int bytes) {
        this.encoded = encoded;
        this.bytes = bytes;
    }

    /**
     * Returns a body that is never changed or released. It is allocated outside of the heap; otherwise each connection
     * would copy it there and keep the copy until the client has taken it.
     */
    public static Buffer body(byte[] bytes) {
        ByteBuf direct = Unpooled.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
        return BufferInternal.buffer(Unpooled.unreleasableBuffer(direct.asReadOnly()));
    }

    /** @param text not empty */
    public static SharedBytes chunk(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        String chunk = Integer.toHexString(bytes) + "\r\n" + text + "\r\n";
        return new SharedBytes(chunk.getBytes(StandardCharsets.UTF_8), bytes);
    }

    /** Writes to one answer past the encoder. */
    public static final class RawWriter {
        private final ChannelHandlerContext encoder;
        private long written;

        /** @param request the request whose answer is chunked */
        public RawWriter(HttpServerRequest request) {
            ChannelHandlerContext connection = ((HttpServerConnection) request.connection()).channelHandlerContext();
            encoder = connection.pipeline().context("httpEncoder");
        }

        /** Returns the bytes of the answer's body that were written so: Vert.x does not count them. */
        public long written() {
            return written;
        }

        /**
         * Writes the chunk after everything written to the answer so far. Called on the connection's event loop, between
         * the answer's head and its end, and not while its write queue is full, since queued data would be overtaken.
         */
        public void write(SharedBytes chunk) {
            written += chunk.bytes;
            encoder.writeAndFlush(Unpooled.wrappedBuffer(chunk.encoded));
        }
    }
}
