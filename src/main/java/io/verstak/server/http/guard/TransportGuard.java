package io.verstak.server.http.guard;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Guards the HTTP/1.1 listener below its routes. One guard serves all event loops that listen on a port and counts
 * their connections together.
 *
 * <p>Handlers may rely on the following: a request is framed unambiguously; a handler may answer before it has read the
 * body, and the client gets that answer; a paused request never counts against the client; the body of a client that
 * sends too slowly fails with an exception on the request. A request reaches its handler when the client has taken
 * nearly all of the previous answers, and it may be paused: a handler that reads the body resumes it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails a write or a close closes the channel, and shows there
public final class TransportGuard {
    private static final AttributeKey<ConnectionGuard> GUARD = AttributeKey.valueOf(TransportGuard.class, "connection");
    private static final int IPV6_BYTES = 16;
    private static final int IPV6_SITE_BYTES = 8;

    private final TransportLimits limits;
    private final HttpServerOptions options;
    private final Predicate<InetAddress> unbounded;
    private final FairPool<Object> connections;
    private volatile boolean draining;

    /** @param unbounded remote addresses whose connections count in total only, such as a trusted proxy's */
    public TransportGuard(TransportLimits limits, Predicate<InetAddress> unbounded) {
        this.limits = limits;
        this.options = options();
        this.unbounded = unbounded;
        this.connections = FairPool.of(limits.connections(), limits.connectionsPerAddress());
    }

    /**
     * Returns the options of a guarded server; the caller adds host, port and TLS. Compression stays off, since Vert.x
     * gives up sendfile with it. Idle timeouts stay off, since they cannot distinguish a slow client from a busy
     * server.
     */
    public HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions();
        options.setHttp2ClearTextEnabled(false).setUseAlpn(false).setAlpnVersions(List.of(HttpVersion.HTTP_1_1));
        options.setPerFrameWebSocketCompressionSupported(false).setPerMessageWebSocketCompressionSupported(false);
        options.setHandle100ContinueAutomatically(false).setDecompressionSupported(false);
        // One byte more: the CR of a line of the greatest length may arrive before its LF.
        options.setMaxInitialLineLength(limits.requestLineBytes() + 1).setMaxHeaderSize(limits.headBytes());
        options.setMaxChunkSize(SocketReads.SMALL_BYTES).setCompressionSupported(false);
        // Answers are written on their connection's event loop only; the queue for writes from elsewhere takes 4 KiB
        // each.
        options.setStrictThreadMode(true);
        options.setIdleTimeout(0).setTcpKeepAlive(true).setSendBufferSize(limits.sendBufferBytes());
        return options;
    }

    /**
     * Installs the guard on a server that has its request handler and does not listen yet. Sets the server's connection
     * handler.
     */
    public void install(HttpServer server) {
        Handler<HttpServerRequest> handler = server.requestHandler();
        if (handler == null) {
            throw new IllegalStateException("set the request handler first");
        }
        server.connectionHandler(this::connected);
        server.requestHandler(request -> dispatch(request, handler));
    }

    /** From now on each answer ends its connection: the client's next one may lead to another server. */
    public void drain() {
        draining = true;
    }

    /** Returns the number of open connections over all event loops. */
    long openConnections() {
        return connections.taken();
    }

    private void connected(HttpConnection connection) {
        Channel channel = channel(connection);
        if (channel.remoteAddress() instanceof InetSocketAddress remote && !enter(channel, remote.getAddress())) {
            channel.close();
            return;
        }
        SocketReads reads = new SocketReads();
        channel.config().setRecvByteBufAllocator(reads);
        ConnectionGuard guard = new ConnectionGuard(channel, limits, reads, () -> draining);
        channel.attr(GUARD).set(guard);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace("httpDecoder", "httpDecoder", guard.decoder(options));
        pipeline.addAfter("httpEncoder", "connectionGuard", guard);
    }

    private boolean enter(Channel channel, InetAddress address) {
        Optional<Lease> place = connections.lease(unbounded.test(address) ? channel.id() : site(address), 1);
        place.ifPresent(taken -> channel.closeFuture().addListener(closed -> taken.close()));
        return place.isPresent();
    }

    /** Returns what connections are counted by: the owner of an IPv6 address usually owns its whole /64. */
    static Object site(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(bytes.length == IPV6_BYTES ? Arrays.copyOf(bytes, IPV6_SITE_BYTES) : bytes);
    }

    /**
     * Runs an action once the client has taken the answer just written, or has disconnected. Called on the request's
     * event loop.
     */
    public static void whenTaken(HttpServerRequest request, Runnable action) {
        ConnectionGuard guard = guard(request);
        if (guard == null) {
            action.run();
        } else {
            guard.whenTaken(action);
        }
    }

    /**
     * Called by a handler when it has decided to read the body: a client that asked first sends the body only now (RFC
     * 9110 section 10.1.1). A handler that refuses just answers. Does nothing for a client that did not ask.
     */
    public static Future<Void> expectBody(HttpServerRequest request) {
        boolean asked = request.version() == HttpVersion.HTTP_1_1
                && request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true);
        return asked ? request.response().writeContinue() : Future.succeededFuture();
    }

    /**
     * Begins to hand over the rest of a body in the buffers that the socket is read into. Called on the request's event
     * loop by a handler that has not answered.
     *
     * @param received the number of bytes of the body that the caller has received from the request
     * @param handler gets buffers that are valid only during its call, on the caller's context
     * @return false if Vert.x holds bytes that the caller has not received: they come through the request's handler, and
     *     the caller tries again after each. The end always comes through the request
     */
    public static boolean handOver(HttpServerRequest request, long received, Handler<Buffer> handler) {
        ConnectionGuard guard = guard(request);
        return guard != null && guard.handover().begin(request, received, handler);
    }

    /** Leaves the rest of a body that is handed over in the socket; what has been read already, up to 64 KiB, still comes. */
    public static void pauseHandover(HttpServerRequest request) {
        ConnectionGuard guard = guard(request);
        if (guard != null) {
            guard.handover().pause();
        }
    }

    /** Continues to hand over a body. */
    public static void resumeHandover(HttpServerRequest request) {
        ConnectionGuard guard = guard(request);
        if (guard != null) {
            guard.handover().resume();
        }
    }

    /** Returns the number of bytes of a body that its handler has received, in either way. */
    public static long bytesRead(HttpServerRequest request) {
        ConnectionGuard guard = guard(request);
        return request.bytesRead() + (guard == null ? 0 : guard.handover().handedOver(request));
    }

    private static @Nullable ConnectionGuard guard(HttpServerRequest request) {
        return channel(request.connection()).attr(GUARD).get();
    }

    private static void dispatch(HttpServerRequest request, Handler<HttpServerRequest> handler) {
        ConnectionGuard guard = guard(request);
        if (guard == null) {
            handler.handle(request);
        } else {
            guard.dispatch(request, handler);
        }
    }

    /** Returns the address of the other end of a request's connection. */
    public static InetAddress peer(HttpServerRequest request) {
        return channel(request.connection()).remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress()
                : NetUtil.createInetAddressFromIpAddressString(
                        request.remoteAddress().hostAddress());
    }

    private static Channel channel(HttpConnection connection) {
        return ((HttpServerConnection) connection).channelHandlerContext().channel();
    }
}
