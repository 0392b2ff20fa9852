package io.verstak.server.http.transport;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.AttributeKey;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;

/**
 * Guards the HTTP/1.1 listener below its routes. One guard serves all event loops that listen on a port: it counts their
 * connections together.
 *
 * <p>Behind it a handler may rely on these: a request that reaches it is framed beyond doubt; it may answer before it has read the
 * body, and the client gets that answer; a paused request never counts against the client; the body of a client that trickles
 * fails with an exception on the request. It reaches its handler when the client has taken the answers before it, or nearly, and
 * perhaps paused: who reads the body resumes it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write or a close closes the channel, and shows there
public final class TransportGuard {
    private static final AttributeKey<ConnectionGuard> GUARD = AttributeKey.valueOf(TransportGuard.class, "connection");
    private static final int MAX_CONTENT_PIECE = 16 * 1024;

    /** How often a socket is read before the other connections of its event loop have their turn. */
    private static final int READS_PER_TURN = 4;

    private final TransportLimits limits;
    private final ConnectionLedger ledger;

    /** @param unbounded remote addresses whose connections count in total only, such as a trusted proxy's */
    public TransportGuard(TransportLimits limits, Predicate<InetAddress> unbounded) {
        this.limits = limits;
        this.ledger = new ConnectionLedger(limits, unbounded);
    }

    /**
     * Options of a server to be guarded; host, port and TLS are the caller's to add. Compression stays off: Vert.x gives up
     * sendfile where it is on. Idle timeouts stay off too: they cannot tell a slow client from a thinking server.
     */
    public HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions();
        options.setHttp2ClearTextEnabled(false).setUseAlpn(false).setAlpnVersions(List.of(HttpVersion.HTTP_1_1));
        options.setPerFrameWebSocketCompressionSupported(false).setPerMessageWebSocketCompressionSupported(false);
        options.setHandle100ContinueAutomatically(false).setDecompressionSupported(false);
        options.setMaxInitialLineLength(limits.requestLineBytes()).setMaxHeaderSize(limits.headBytes());
        options.setMaxChunkSize(MAX_CONTENT_PIECE).setCompressionSupported(false);
        // Answers are written on their connection's event loop only; the queue for writes from elsewhere takes 4 KiB
        // each.
        options.setStrictThreadMode(true);
        options.setIdleTimeout(0).setTcpKeepAlive(true).setSendBufferSize(limits.sendBufferBytes());
        return options;
    }

    /**
     * Puts the guard before a server that has its request handler and does not listen yet. Takes the server's connection and
     * invalid-request handlers.
     */
    public void install(HttpServer server) {
        Handler<HttpServerRequest> handler = server.requestHandler();
        if (handler == null) {
            throw new IllegalStateException("set the request handler first");
        }
        server.connectionHandler(this::connected);
        server.invalidRequestHandler(TransportGuard::refuse);
        server.requestHandler(request -> dispatch(request, handler));
    }

    /** Connections now open, over all event loops. */
    public int openConnections() {
        return ledger.total();
    }

    private void connected(HttpConnection connection) {
        Channel channel = channel(connection);
        if (channel.remoteAddress() instanceof InetSocketAddress remote && !enter(channel, remote.getAddress())) {
            channel.close();
            return;
        }
        channel.config().setRecvByteBufAllocator(smallReads());
        ConnectionGuard guard = new ConnectionGuard(channel, limits);
        channel.attr(GUARD).set(guard);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addBefore("httpDecoder", "transportGuard", guard);
        pipeline.addAfter("httpEncoder", "responseWatch", new ResponseWatch(guard));
    }

    /**
     * Vert.x stops reading for a paused request only when some two dozen pieces of its body wait: pieces of Netty's usual
     * size, 64 KiB, would make that megabytes for each upload, and exhaust the buffers of a hundred of them.
     */
    private static RecvByteBufAllocator smallReads() {
        return new AdaptiveRecvByteBufAllocator(64, 2048, MAX_CONTENT_PIECE).maxMessagesPerRead(READS_PER_TURN);
    }

    private boolean enter(Channel channel, InetAddress address) {
        boolean entered = ledger.tryEnter(address);
        if (entered) {
            channel.closeFuture().addListener(closed -> ledger.leave(address));
        }
        return entered;
    }

    /**
     * Does something once the client has taken the answer that was just written, or has gone. To be called on the request's
     * event loop.
     */
    public static void whenTaken(HttpServerRequest request, Runnable action) {
        ConnectionGuard guard = channel(request.connection()).attr(GUARD).get();
        if (guard == null) {
            action.run();
        } else {
            guard.whenTaken(action);
        }
    }

    private static void dispatch(HttpServerRequest request, Handler<HttpServerRequest> handler) {
        ConnectionGuard guard = channel(request.connection()).attr(GUARD).get();
        if (guard == null) {
            handler.handle(request);
        } else {
            guard.dispatch(request, handler);
        }
    }

    /** What the decoder refuses although the guard let it pass. */
    private static void refuse(HttpServerRequest request) {
        request.response()
                .setStatusCode(Refusal.MALFORMED.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end(Refusal.MALFORMED.json());
    }

    private static Channel channel(HttpConnection connection) {
        return ((HttpServerConnection) connection).channelHandlerContext().channel();
    }
}
