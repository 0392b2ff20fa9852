package io.verstak.server.metrics;

import io.verstak.server.config.ListenAddress;
import io.verstak.server.error.FailureReason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code GET /metrics} on a port of its own, in Prometheus' text format, and nothing else. */
public final class MetricsListener {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsListener.class);
    private static final String FORMAT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int IDLE_SECONDS = 60;
    private static final int MAX_HEAD_BYTES = 8 << 10;

    private final Vertx vertx;
    private final Metrics metrics;
    private final StorageMetrics figures;

    public MetricsListener(Vertx vertx, Metrics metrics, StorageMetrics figures) {
        this.vertx = vertx;
        this.metrics = metrics;
        this.figures = figures;
    }

    /** Listens. A taken port is logged and does not fail the start: serving is worth more than metrics. */
    public Future<Void> listen(ListenAddress address) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setHttp2ClearTextEnabled(false);
        return vertx.createHttpServer(options)
                .requestHandler(this::answer)
                .listen()
                .onSuccess(listening -> announce(listening, address))
                .recover(failure -> {
                    LOG.warn(
                            "metrics are off: cannot listen on {} ({}); set metrics.listen to another address",
                            address,
                            FailureReason.of(failure));
                    return Future.succeededFuture();
                })
                .mapEmpty();
    }

    private static void announce(HttpServer listening, ListenAddress address) {
        LOG.info("metrics on http://{}/metrics", address.withPort(listening.actualPort()));
    }

    private void answer(HttpServerRequest request) {
        boolean known = request.method().equals(HttpMethod.GET) && "/metrics".equals(request.path());
        if (!known) {
            request.response().setStatusCode(404).end();
            return;
        }
        figures.refresh()
                .compose(fresh -> vertx.executeBlocking(metrics::scrape, false))
                .onSuccess(text -> request.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, FORMAT)
                        .end(text.orElse("")))
                .onFailure(failure -> {
                    LOG.warn("reading the metrics failed: {}", FailureReason.of(failure));
                    request.response().setStatusCode(500).end();
                });
    }
}
