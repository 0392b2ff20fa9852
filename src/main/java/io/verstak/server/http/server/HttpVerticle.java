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
    /** How long requests that have arrived may take before a stop cuts them off. */
    private static final int DRAIN_SECONDS = 4;

    /** What Vert.x takes for a free port that all of one process share. */
    private static final int SHARED_FREE_PORT = -1;

    private final TransportGuard guard;
    private final ListenAddress address;
    private final Function<Vertx, Handler<HttpServerRequest>> routes;
    private final Runnable onStop;
    private HttpServer server;

    /** @param onStop ends requests that wait for something to happen, before the others are waited for */
    @SuppressWarnings("NullAway.Init") // made in start()
    public HttpVerticle(
            TransportGuard guard,
            ListenAddress address,
            Function<Vertx, Handler<HttpServerRequest>> routes,
            Runnable onStop) {
        this.guard = guard;
        this.address = address;
        this.routes = routes;
        this.onStop = onStop;
    }

    @Override
    public Future<?> start() {
        server = vertx.createHttpServer(guard.options().setHost(address.host()).setPort(port(address)))
                .requestHandler(routes.apply(vertx));
        guard.install(server);
        return server.listen().recover(cause -> Future.failedFuture(cannotListen(address, cause)));
    }

    /**
     * Tries the address before anything is made or opened for a server that could not listen. Blocks.
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

    /** Each that listens on port 0 would get a port of its own, and one event loop all connections. */
    private static int port(ListenAddress address) {
        return address.port() == 0 ? SHARED_FREE_PORT : address.port();
    }

    /** One kind of failure that names the address: a port in use, one that needs a privilege, a host nobody knows. */
    private static BindException cannotListen(ListenAddress address, Throwable cause) {
        BindException failure = new BindException(address + ": " + FailureReason.of(cause));
        failure.initCause(cause);
        return failure;
    }

    /** The port that was bound. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> stop() {
        onStop.run();
        return server.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
    }
}
