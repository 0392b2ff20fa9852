package io.verstak.server.http.guard;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A bare Vert.x server on the loopback behind a {@link TransportGuard}, listening on two event loops. */
final class GuardedServer implements AutoCloseable {
    private static final int EVENT_LOOPS = 2;

    /** The port that Vert.x shares between servers of one JVM although the kernel chooses it. */
    private static final int SHARED_PORT = -1;

    final Queue<String> handled = new ConcurrentLinkedQueue<>();
    final TransportGuard guard;
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
    private final List<HttpServer> servers = new ArrayList<>();

    private GuardedServer(TransportLimits limits, Predicate<InetAddress> unbounded) {
        guard = new TransportGuard(limits, unbounded);
    }

    /** Answers each request with its method, target and the size of its body. */
    static GuardedServer echo(TestLimits limits) throws Exception {
        return with(limits, GuardedServer::echo);
    }

    static GuardedServer with(TestLimits limits, Handler<HttpServerRequest> handler) throws Exception {
        return with(limits, handler, address -> false);
    }

    static GuardedServer with(TestLimits limits, Handler<HttpServerRequest> handler, Predicate<InetAddress> unbounded)
            throws Exception {
        GuardedServer server = new GuardedServer(limits.build(), unbounded);
        for (int loop = 0; loop < EVENT_LOOPS; loop++) {
            server.listen(handler);
        }
        return server;
    }

    static void echo(HttpServerRequest request) {
        request.body()
                .onSuccess(
                        body -> request.response().end(request.method() + " " + request.uri() + " " + body.length()));
    }

    private void listen(Handler<HttpServerRequest> handler) throws Exception {
        // Each server takes the event loop of the context it listens on, as it would in a verticle of its own.
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        HttpServer server = vertx.createHttpServer(guard.options());
        server.requestHandler(request -> {
            handled.add(request.method() + " " + request.uri());
            handler.handle(request);
        });
        guard.install(server);
        var listening = new CompletableFuture<HttpServer>();
        context.runOnContext(start -> server.listen(SHARED_PORT, "127.0.0.1")
                .onSuccess(listening::complete)
                .onFailure(listening::completeExceptionally));
        listening.get(60, TimeUnit.SECONDS);
        servers.add(server);
    }

    RawClient connect() throws IOException {
        return new RawClient(port());
    }

    int port() {
        return servers.get(0).actualPort();
    }

    Vertx vertx() {
        return vertx;
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }
}
