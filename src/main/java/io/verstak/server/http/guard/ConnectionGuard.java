package io.verstak.server.http.guard;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches the requests and answers of one connection, between the codec and Vert.x, and ends the connection when the
 * client breaks a rule or makes no progress. Runs on the connection's event loop.
 *
 * <pre>
 *   IDLE ── first byte ──▶ HEAD ── head decoded ──▶ BODY ── last byte ──▶ IDLE         (without a body: HEAD ──▶ IDLE)
 *
 *   IDLE   ── idle time is over ──────────────────────────────▶ CLOSED
 *   HEAD   ── head time is over ──────────────────────────────▶ CLOSED
 *   HEAD   ── ambiguous: 400, long line: 414, too large: 431 ─▶ REFUSED
 *   BODY   ── ambiguous chunk: 400, below the rate: 408 ──────▶ REFUSED
 *   BODY   ── answered before the last byte ──────────────────▶ LINGERING
 *   any    ── answered with Connection: close ────────────────▶ LINGERING
 *   any    ── takes no byte of an answer for the stall time ──▶ CLOSED
 *
 *   REFUSED     Nothing more is decoded. The requests before get their answers, then the refusal is written: LINGERING.
 *               CLOSED instead if a part of the answer to the refused request has been sent.
 *   LINGERING   What arrives is dropped, until the client closes, falls silent, sends too much, or the time is over: CLOSED.
 * </pre>
 *
 * <p>Idle and head time count only while no request waits for its answer; that of the first head begins with the
 * connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write or a close closes the channel, and shows there
final class ConnectionGuard extends ChannelDuplexHandler {
    /** Pending answers up to this size in total are sent without waiting, so that several small ones share a packet. */
    private static final long MAX_WAITING_BYTES = 16 << 10;

    private final TransportLimits limits;
    private final BooleanSupplier draining;
    private final RequestTracker requests;
    private final BodyProgress body;
    private final OutputProgress output;
    private final ConnectionShutdown end;
    private final ConnectionTimeouts timeouts;
    private final BodyHandover handover;

    /** The requests, or parts of them, of the bytes that were read last. */
    private final Queue<Object> decoded = new ArrayDeque<>();

    private RequestDecoder.@Nullable Refused refused;
    private @Nullable HttpServerRequest answered;
    private boolean announcedClose;

    /** @param draining whether the answers that begin now are the last of their connections */
    ConnectionGuard(Channel channel, TransportLimits limits, SocketReads reads, BooleanSupplier draining) {
        this.limits = limits;
        this.draining = draining;
        body = new BodyProgress(limits);
        requests = new RequestTracker(limits, body, System.nanoTime());
        output = new OutputProgress(channel, limits.responseStall(), System.nanoTime());
        end = new ConnectionShutdown(channel, limits, requests);
        timeouts = new ConnectionTimeouts(channel, limits, requests, body, output, end);
        handover = new BodyHandover(channel, reads);
    }

    BodyHandover handover() {
        return handover;
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

    /** Returns the decoder that this guard stands behind. */
    RequestDecoder decoder(HttpServerOptions options) {
        return new RequestDecoder(options, limits, requests, end);
    }

    /**
     * Takes one decoded message. It is passed on when all bytes that were read with it are decoded: only then is it
     * known whether a handler that answers immediately leaves a part of its request unread. A body that is handed over
     * has its handler.
     */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof RequestDecoder.Refused last) {
            refused = last;
            return;
        }
        if (message instanceof HttpRequest request) {
            requests.headRead(request);
        }
        if (message instanceof HttpContent content) {
            requests.contentRead(content.content().readableBytes(), content instanceof LastHttpContent);
        }
        Object next = handover.isOpen() && decoded.isEmpty() ? handover.pass(message) : message;
        if (next != null) {
            decoded.add(next);
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        body.readBegins(System.nanoTime());
        ctx.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        body.readEnds(System.nanoTime());
        for (Object message = decoded.poll(); message != null; message = decoded.poll()) {
            Object next = handover.pass(message);
            if (next != null) {
                ctx.fireChannelRead(next);
            }
        }
        RequestDecoder.Refused last = refused;
        if (last != null) {
            refused = null;
            end.refuse(last.refusal(), last.toPage());
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (end.isLingering()) {
            // The last answer of this connection has been sent; further bytes would only confuse the client.
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        boolean interim = message instanceof HttpResponse response && isInterim(response.status());
        if (message instanceof HttpResponse response && !interim) {
            answerBegins(response);
        }
        ctx.write(message, promise);
        if (interim) {
            body.continued(System.nanoTime());
        } else if (message instanceof LastHttpContent) {
            answerEnds(ctx);
        }
    }

    private static boolean isInterim(HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL && status.code() != 101;
    }

    private void answerBegins(HttpResponse response) {
        if (end.answerBegins() || draining.getAsBoolean()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        announcedClose = response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    }

    private void answerEnds(ChannelHandlerContext ctx) {
        end.answerEnds(announcedClose);
        handover.answered();
        HttpServerRequest request = answered;
        answered = null;
        if (request != null && !end.isLingering() && requests.mayHaveUnreadBody()) {
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
        timeouts.start();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        timeouts.stop();
        handover.end();
        decoded.forEach(ReferenceCountUtil::release);
        decoded.clear();
    }
}
