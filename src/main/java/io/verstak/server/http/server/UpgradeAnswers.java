package io.verstak.server.http.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.account.provider.Providers;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.BuildInfo;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.BasePath;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.Json;
import io.verstak.server.http.core.Origins;
import io.verstak.server.http.core.Times;
import io.verstak.server.http.core.TrustedProxies;
import io.verstak.server.http.guard.TransportGuard;
import io.verstak.server.http.guard.TransportLimits;
import io.verstak.server.http.web.ErrorPage;
import io.verstak.server.http.web.Views;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * The answers while the database is being upgraded, when none of the features exists yet: the process is alive and not ready, and
 * every other request is to be sent again later.
 */
public final class UpgradeAnswers {
    private static final int RETRY_AFTER_SECONDS = 10;

    private final BasePath base;
    private final RequestLog requests;
    private final Failures failures;
    private final TransportGuard guard;
    private final Views views;
    private final int schemaVersion;
    private final IntSupplier percent;
    private final Clock clock;
    private final BuildInfo build = BuildInfo.load();

    record Upgrading(
            String status,
            String version,
            String buildCommit,
            long uptimeSeconds,
            boolean databaseReachable,
            boolean blobStorageWritable,
            int schemaVersion,
            int progressPercent,
            String serverTime) {}

    record Alive(String status, String serverTime) {}

    /**
     * @param schemaVersion of a database that is being upgraded
     * @param percent how much of the upgrade is done
     */
    public UpgradeAnswers(
            ServerConfig config, int schemaVersion, IntSupplier percent, MeterRegistry registry, Clock clock) {
        this.schemaVersion = schemaVersion;
        this.percent = percent;
        this.clock = clock;
        TrustedProxies proxies = HttpModule.trustedProxies(config.http());
        requests = new RequestLog(new RequestMeters(registry), (status, nanos) -> {}, new ClientAddress(proxies));
        Origins origins = new Origins(config.http()::publicUrl, proxies);
        base = new BasePath(config.http()::publicUrl);
        Cookies cookies = new Cookies(origins, base);
        views = new Views(
                config::web,
                () -> false,
                new Providers(() -> config),
                () -> false,
                () -> "",
                origins,
                base,
                cookies,
                new Csrf(cookies, origins));
        failures = new Failures(new ErrorPage(views), registry);
        guard = new TransportGuard(TransportLimits.of(config.http()), proxies::contains);
    }

    /** Returns the guard of the connections. */
    public TransportGuard guard() {
        return guard;
    }

    /** Returns the handler of the requests of one event loop. */
    public Handler<HttpServerRequest> handler(Vertx vertx) {
        Router router = Router.router(vertx);
        router.route().handler(this::begin).failureHandler(failures);
        RouteTable table = new RouteTable(router);
        table.get("/readyz", this::ready)
                .get("/api/v1/health", this::ready)
                .get("/livez", this::live)
                .verbatim(HttpMethod.GET, "/static/*", views.assets()::serve);
        router.route()
                .handler(context ->
                        context.fail(ServerException.retryAfter(Message.DATABASE_UPGRADING, RETRY_AFTER_SECONDS)));
        return LocalRequest.handler(base, router);
    }

    /** No connection outlives its answer: the next request may be for the server itself. */
    private void begin(RoutingContext context) {
        requests.begin(context);
        context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        context.next();
    }

    private void ready(RoutingContext context) {
        context.response().putHeader("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
        Endpoints.end(
                context,
                HttpURLConnection.HTTP_UNAVAILABLE,
                Json.write(new Upgrading(
                        "migrating",
                        build.version(),
                        build.commit(),
                        TimeUnit.MILLISECONDS.toSeconds(
                                ManagementFactory.getRuntimeMXBean().getUptime()),
                        false,
                        false,
                        schemaVersion,
                        percent.getAsInt(),
                        Times.text(clock.millis()))));
    }

    private void live(RoutingContext context) {
        Endpoints.end(context, HttpURLConnection.HTTP_OK, Json.write(new Alive("ok", Times.text(clock.millis()))));
    }
}
