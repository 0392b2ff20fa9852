package io.verstak.server.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.config.ListenAddress;
import io.verstak.server.http.guard.TransportGuard;
import io.verstak.server.http.guard.TransportLimits;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HttpVerticleTest {
    private static final int LOOPS = 2;
    private static final int CONNECTIONS = 8;

    @Test
    void connections_to_a_free_port_are_dealt_out_over_all_event_loops() throws Exception {
        Vertx vertx = Vertx.vertx();
        TransportGuard guard = new TransportGuard(TransportLimits.defaults(), address -> false);
        List<HttpVerticle> listeners = new CopyOnWriteArrayList<>();
        try {
            vertx.deployVerticle(
                            () -> {
                                HttpVerticle listener = new HttpVerticle(
                                        guard,
                                        new ListenAddress("127.0.0.1", 0),
                                        HttpVerticleTest::routes,
                                        () -> {},
                                        1);
                                listeners.add(listener);
                                return listener;
                            },
                            new DeploymentOptions().setInstances(LOOPS))
                    .await(30, TimeUnit.SECONDS);

            assertThat(listeners.stream().map(HttpVerticle::port).distinct()).hasSize(1);
            Set<String> threads = new HashSet<>();
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                threads.add(Http.once(listeners.get(0).port(), Request.get("/")).text());
            }
            assertThat(threads).hasSize(LOOPS);
        } finally {
            vertx.close().await(30, TimeUnit.SECONDS);
        }
    }

    private static Router routes(Vertx vertx) {
        Router router = Router.router(vertx);
        router.route().handler(context -> context.end(Thread.currentThread().getName()));
        return router;
    }
}
