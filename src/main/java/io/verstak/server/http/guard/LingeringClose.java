package io.verstak.server.http.guard;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/**
 * Closes a connection on which the client may still be sending. If it were closed immediately with unread bytes in the
 * socket, TCP would send a reset and the client could lose an answer it has not read. So the answer is flushed, the
 * sending side closed, and received bytes are dropped for a bounded time (RFC 9112 section 9.6).
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

    /** Begins after everything written so far. */
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

    /** Records dropped bytes. */
    void dropped(int bytes, long now) {
        dropped += bytes;
        lastByteAt = now;
        if (dropped > limits.lingerBytes()) {
            context.close();
        }
    }

    /** Called periodically; the answer itself may take as long as it makes progress. */
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
