package io.verstak.server.http.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/**
 * Closes a connection on which the client may still be sending. Closing at once, with unread bytes in the socket, makes TCP send
 * a reset, and the client may lose the answer it has not read yet. So the answer is flushed, our side of the connection closed,
 * and what still comes is dropped for a bounded time (RFC 9112 section 9.6).
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write or a close closes the channel, and shows there
final class LingeringClose {
    private final ChannelHandlerContext context;
    private final TransportLimits limits;

    private boolean flushed;
    private long flushedAt;
    private long lastByteAt;
    private long dropped;

    LingeringClose(ChannelHandlerContext context, TransportLimits limits) {
        this.context = context;
        this.limits = limits;
    }

    /** Begins, behind all that has been written so far. */
    void start() {
        context.channel().config().setAutoRead(true);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                closeOutput();
            } else {
                context.close();
            }
        });
    }

    /** Bytes have come and were dropped. */
    void dropped(int bytes, long now) {
        dropped += bytes;
        lastByteAt = now;
        if (dropped > limits.lingerBytes()) {
            context.close();
        }
    }

    /** Called from time to time; the answer itself is given as long as it makes progress. */
    void check(long now) {
        boolean late = now - flushedAt > limits.lingerTime().toNanos();
        boolean silent =
                now - Math.max(flushedAt, lastByteAt) > limits.lingerSilence().toNanos();
        if (flushed && (late || silent)) {
            context.close();
        }
    }

    private void closeOutput() {
        flushed = true;
        flushedAt = System.nanoTime();
        lastByteAt = flushedAt;
        boolean encrypted = context.pipeline().get(SslHandler.class) != null;
        if (!encrypted && context.channel() instanceof DuplexChannel socket) {
            socket.shutdownOutput();
        }
    }
}
