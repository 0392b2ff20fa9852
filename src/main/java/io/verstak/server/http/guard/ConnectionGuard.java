package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * Filters the bytes between the socket and the HTTP decoder of one connection: passes on unambiguous requests and
 * refuses all others. Runs on the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write or a close closes the channel, and shows there
final class ConnectionGuard extends ChannelDuplexHandler {
    /** Pending answers up to this size in total are sent without waiting, so that several small ones share a packet. */
    private static final long MAX_WAITING_BYTES = 16 << 10;

    private final RequestFraming framing;
    private final RequestTracker exchanges;
    private final BodyProgress body;
    private final OutputProgress output;
    private final ConnectionShutdown end;
    private final ConnectionTimeouts watchdog;

    private @Nullable ByteBuf incompleteHead;
    private @Nullable HttpServerRequest answered;

    ConnectionGuard(Channel channel, TransportLimits limits) {
        body = new BodyProgress(limits);
        exchanges = new RequestTracker(limits, body, System.nanoTime());
        framing = new RequestFraming(limits, exchanges);
        output = new OutputProgress(channel, limits.responseStall(), System.nanoTime());
        end = new ConnectionShutdown(channel, limits, framing, exchanges);
        watchdog = new ConnectionTimeouts(channel, limits, framing, exchanges, body, output, end);
    }

    /**
     * Passes a request to its handler; the next answer belongs to it. The request waits while earlier answers are
     * unsent: a client that sends requests without reading answers would fill the memory.
     */
    void dispatch(HttpServerRequest request, Handler<HttpServerRequest> handler) {
        answered = request;
        if (output.waitingBytes() <= MAX_WAITING_BYTES) {
            handler.handle(request);
            return;
        }
        request.pause();
        ContextInternal context = ContextInternal.current();
        end.whenTaken(taken -> {
            if (taken) {
                context.emit(request, handler);
            }
        });
    }

    /** Runs an action once everything written is taken or the connection has ended. */
    void whenTaken(Runnable action) {
        if (output.waitingBytes() == 0) {
            action.run();
        } else {
            end.whenTaken(taken -> action.run());
        }
    }

    /** Returns whether this connection has sent its last answer. */
    boolean isClosing() {
        return end.isLingering();
    }

    /** Records that 100 Continue was written. */
    void continued() {
        body.continued(System.nanoTime());
    }

    /** Records an answer's head. Returns whether it must announce that the connection closes. */
    boolean answerBegins() {
        return end.answerBegins();
    }

    void answerEnds(ChannelHandlerContext ctx, boolean announcedClose) {
        end.answerEnds(announcedClose);
        HttpServerRequest request = answered;
        answered = null;
        if (request != null && !end.isLingering() && exchanges.mayHaveUnreadBody()) {
            ctx.executor().execute(() -> skipUnread(request));
        }
    }

    /**
     * Resumes a request whose handler answered and left it paused; otherwise it would block the next request on the
     * connection.
     */
    private static void skipUnread(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.handler(null);
            request.resume();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
        } else if (end.isDecided()) {
            end.dropped(bytes.readableBytes());
            bytes.release();
        } else {
            examine(ctx, withIncompleteHead(bytes));
        }
    }

    private void examine(ChannelHandlerContext ctx, ByteBuf in) {
        boolean wasInHead = framing.inHead();
        int from = in.readerIndex();
        Refusal refusal = null;
        boolean toPage = false;
        try {
            framing.advance(in);
        } catch (MalformedRequest malformed) {
            refusal = malformed.refusal();
            in.readerIndex(framing.safeIndex());
            toPage = PageTarget.isIn(in);
        }
        if (framing.inHead() && !wasInHead) {
            exchanges.headBegins(System.nanoTime());
        }
        passOn(ctx, in, from, refusal == null);
        if (refusal != null) {
            end.refuse(refusal, toPage);
        }
    }

    private void passOn(ChannelHandlerContext ctx, ByteBuf in, int from, boolean keepRest) {
        int to = in.readerIndex();
        if (!in.isReadable()) {
            ctx.fireChannelRead(in.readerIndex(from));
            return;
        }
        ByteBuf whole = to > from ? in.retainedSlice(from, to - from) : null;
        if (keepRest) {
            incompleteHead = ctx.alloc().heapBuffer(in.readableBytes()).writeBytes(in);
        }
        in.release();
        if (whole != null) {
            ctx.fireChannelRead(whole);
        }
    }

    /** A head is held back until it is complete, so that the decoder never sees one that turns out to be malformed. */
    private ByteBuf withIncompleteHead(ByteBuf bytes) {
        ByteBuf head = incompleteHead;
        if (head == null) {
            return bytes;
        }
        incompleteHead = null;
        head.writeBytes(bytes);
        bytes.release();
        return head;
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        body.readBegins(System.nanoTime());
        ctx.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        body.readEnds(System.nanoTime());
        ctx.fireChannelReadComplete();
    }

    /** While an answer lingers, other closes wait for it. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (end.isLingering()) {
            ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
        } else {
            ctx.close(promise);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        watchdog.start();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        watchdog.stop();
        if (incompleteHead != null) {
            incompleteHead.release();
            incompleteHead = null;
        }
    }
}
