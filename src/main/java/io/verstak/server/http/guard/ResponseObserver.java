package io.verstak.server.http.guard;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;

/** Observes answers in the order in which they are sent and reports them to the {@link ConnectionGuard}. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write or a close closes the channel, and shows there
final class ResponseObserver extends ChannelOutboundHandlerAdapter {
    private final ConnectionGuard guard;
    private boolean closing;

    ResponseObserver(ConnectionGuard guard) {
        this.guard = guard;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (guard.isClosing()) {
            // The last answer of this connection has been sent; further bytes would only confuse the client.
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
        } else if (message instanceof HttpResponse response && isInterim(response)) {
            ctx.write(message, promise);
            guard.continued();
        } else {
            if (message instanceof HttpResponse response) {
                begin(response);
            }
            ctx.write(message, promise);
            if (message instanceof LastHttpContent) {
                guard.answerEnds(ctx, closing);
            }
        }
    }

    private void begin(HttpResponse response) {
        if (guard.answerBegins()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        closing = response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    }

    private static boolean isInterim(HttpResponse response) {
        HttpResponseStatus status = response.status();
        return status.codeClass() == HttpStatusClass.INFORMATIONAL && status.code() != 101;
    }
}
