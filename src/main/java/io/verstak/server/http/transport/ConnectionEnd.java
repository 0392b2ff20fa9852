package io.verstak.server.http.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How one connection ends from our side: with a refusal, or behind an answer that came before its request was read. From the
 * moment it is decided, nothing that arrives is passed on. Runs on the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write or a close closes the channel, and shows there
final class ConnectionEnd {
    private final Channel channel;
    private final TransportLimits limits;
    private final RequestFraming framing;
    private final Exchanges exchanges;

    private @Nullable Refusal refusal;
    private boolean refusedPage;
    private int answersBeforeRefusal;
    private @Nullable LingeringClose lingering;

    ConnectionEnd(Channel channel, TransportLimits limits, RequestFraming framing, Exchanges exchanges) {
        this.channel = channel;
        this.limits = limits;
        this.framing = framing;
        this.exchanges = exchanges;
    }

    boolean isDecided() {
        return refusal != null || lingering != null;
    }

    /** Whether the last byte that goes out has been written, and the connection only waits to be closed cleanly. */
    boolean isLingering() {
        return lingering != null;
    }

    /** Bytes have come after the end was decided. */
    void dropped(int bytes) {
        if (lingering != null) {
            lingering.dropped(bytes, System.nanoTime());
        }
    }

    /** Called from time to time. */
    void check(long now) {
        if (lingering != null) {
            lingering.check(now);
        }
    }

    /** Answers what is wrong with the newest request, behind the answers that earlier ones still wait for. */
    void refuse(Refusal reason, boolean toPage) {
        if (isDecided()) {
            return;
        }
        refusal = reason;
        refusedPage = toPage;
        answersBeforeRefusal = exchanges.unanswered() - (framing.inBody() ? 1 : 0);
        refuseInTurn(reason);
    }

    /** An answer's head goes out; true when the connection must close behind it, since the rest of the request is unread. */
    boolean answerBegins() {
        exchanges.answerBegins();
        return isUnreadBehind(exchanges.unanswered() - 1);
    }

    /**
     * An answer's last byte has been written.
     *
     * @param announcedClose whether it carried {@code Connection: close}
     */
    void answerEnds(boolean announcedClose) {
        exchanges.answerEnds(System.nanoTime());
        if (refusal != null) {
            answersBeforeRefusal--;
            refuseInTurn(refusal);
        } else if (announcedClose || isUnreadBehind(exchanges.unanswered())) {
            linger();
        }
    }

    /** Tells when the client has taken all that was written so far; false when the connection ends before that. */
    void whenTaken(Consumer<Boolean> action) {
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> action.accept(taken.isSuccess()));
    }

    void closeNow() {
        context().close();
    }

    private boolean isUnreadBehind(int unanswered) {
        return unanswered == 0 && framing.inBody();
    }

    private void refuseInTurn(Refusal reason) {
        if (answersBeforeRefusal > 0) {
            return;
        }
        if (framing.inBody() && exchanges.answering()) {
            // Half of another answer is out: there is no way left to say it.
            closeNow();
            return;
        }
        context().write(reason.toBytes(refusedPage));
        linger();
        if (exchanges.unanswered() > 0) {
            // The handler that waits for the rest of the body learns at once that it will not come.
            context().fireExceptionCaught(new MalformedRequest(reason, reason.name()));
        }
    }

    private void linger() {
        lingering = new LingeringClose(context(), limits);
        lingering.start();
    }

    private ChannelHandlerContext context() {
        return channel.pipeline().context(ConnectionGuard.class);
    }
}
