package io.verstak.server.http.server;

import io.verstak.server.config.ListenAddress;
import io.verstak.server.error.FailureReason;
import io.verstak.server.http.guard.TransportGuard;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Listens. One per core; all share the port and the guard that counts their connections. */
public final class HttpVerticle extends VerticleBase {
    /** Seconds that running requests get when the server stops, and no other node could serve them. */
    public static final int DRAIN_SECONDS = 4;

    /** A free port that all verticles of the process share. */
    private static final int SHARED_FREE_PORT = -1;

    private final TransportGuard guard;
    private final ListenAddress address;
    private final Function<Vertx, Handler<HttpServerRequest>> routes;
    private final Runnable onStop;
    private final int drainSeconds;
    private HttpServer server;

    /**
     * @param onStop ends waiting requests, before the server waits for the others
     * @param drainSeconds that it waits for these
     */
    @SuppressWarnings("NullAway.Init") // made in start()
    public HttpVerticle(
            TransportGuard guard,
            ListenAddress address,
            Function<Vertx, Handler<HttpServerRequest>> routes,
            Runnable onStop,
            int drainSeconds) {
        this.guard = guard;
        this.address = address;
        this.routes = routes;
        this.onStop = onStop;
        this.drainSeconds = drainSeconds;
    }

    @Override
    public Future<?> start() {
        server = vertx.createHttpServer(guard.options().setHost(address.host()).setPort(port(address)))
                .requestHandler(routes.apply(vertx));
        guard.install(server);
        return server.listen().recover(cause -> Future.failedFuture(cannotListen(address, cause)));
    }

    /**
     * Checks that the address is free, before the server opens its data. Blocks.
     *
     * @throws BindException when it cannot be listened on
     */
    public static void requireFree(ListenAddress address) throws BindException {
        if (address.port() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address.host(), address.port()));
        } catch (IOException cause) {
            throw cannotListen(address, cause);
        }
    }

    /** With port 0 each verticle would get a port of its own, and one event loop all connections. */
    private static int port(ListenAddress address) {
        return address.port() == 0 ? SHARED_FREE_PORT : address.port();
    }

    /** Names the address in every failure: a port in use, a privileged port, an unknown host. */
    private static BindException cannotListen(ListenAddress address, Throwable cause) {
        BindException failure = new BindException(address + ": " + FailureReason.of(cause));
        failure.initCause(cause);
        return failure;
    }

    /** Returns the port in use. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> stop() {
        onStop.run();
        return server.shutdown(drainSeconds, TimeUnit.SECONDS);
    }
}
