package io.verstak.server.http.guard;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Closes one connection from the server's side: with a refusal, or after an answer that was sent before its request was
 * read. Once that is decided, no received byte is passed on. Runs on the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write or a close closes the channel, and shows there
final class ConnectionShutdown {
    private final Channel channel;
    private final TransportLimits limits;
    private final RequestTracker requests;

    private @Nullable Refusal refusal;
    private boolean refusedPage;
    private int answersBeforeRefusal;
    private @Nullable LingeringClose lingering;

    ConnectionShutdown(Channel channel, TransportLimits limits, RequestTracker requests) {
        this.channel = channel;
        this.limits = limits;
        this.requests = requests;
    }

    boolean isDecided() {
        return refusal != null || lingering != null;
    }

    /** Returns whether the last byte has been written and the connection only waits to be closed cleanly. */
    boolean isLingering() {
        return lingering != null;
    }

    /** Records bytes received after the decision to close. */
    void dropped(int bytes) {
        if (lingering != null) {
            lingering.dropped(bytes, System.nanoTime());
        }
    }

    /** Called periodically. */
    void check(long now) {
        if (lingering != null) {
            lingering.check(now);
        }
    }

    /** Refuses the newest request, after the answers to earlier ones. */
    void refuse(Refusal reason, boolean toPage) {
        if (isDecided()) {
            return;
        }
        refusal = reason;
        refusedPage = toPage;
        answersBeforeRefusal = requests.unanswered() - (requests.inBody() ? 1 : 0);
        refuseInTurn(reason);
    }

    /**
     * Records an answer's head. Returns whether the connection must close after it, since the rest of the request is
     * unread.
     */
    boolean answerBegins() {
        requests.answerBegins();
        return isUnreadBehind(requests.unanswered() - 1);
    }

    /**
     * Records an answer's last byte.
     *
     * @param announcedClose whether it carried {@code Connection: close}
     */
    void answerEnds(boolean announcedClose) {
        requests.answerEnds(System.nanoTime());
        if (refusal != null) {
            answersBeforeRefusal--;
            refuseInTurn(refusal);
        } else if (announcedClose || isUnreadBehind(requests.unanswered())) {
            linger();
        }
    }

    /** Completes when the client has taken everything written so far; with false if the connection ends before that. */
    void whenTaken(Consumer<Boolean> action) {
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> action.accept(taken.isSuccess()));
    }

    void closeNow() {
        context().close();
    }

    private boolean isUnreadBehind(int unanswered) {
        return unanswered == 0 && requests.inBody();
    }

    private void refuseInTurn(Refusal reason) {
        if (answersBeforeRefusal > 0) {
            return;
        }
        if (requests.inBody() && requests.answering()) {
            // Part of another answer has been sent, so the refusal can no longer be sent.
            closeNow();
            return;
        }
        context().write(reason.toBytes(refusedPage));
        linger();
        if (requests.unanswered() > 0) {
            // The handler waiting for the rest of the body learns immediately that it will not arrive.
            context().fireExceptionCaught(new MalformedRequest(reason, reason.name()));
        }
    }

    private void linger() {
        lingering = new LingeringClose(context(), limits);
        lingering.start();
    }

    /** Writes from here pass the encoder by: a refusal is encoded already. */
    private ChannelHandlerContext context() {
        return channel.pipeline().context("httpEncoder");
    }
}
