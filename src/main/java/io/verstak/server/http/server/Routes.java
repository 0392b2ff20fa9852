package io.verstak.server.http.server;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.api.AuthApi;
import io.verstak.server.http.api.AuthApi.ForgotRequest;
import io.verstak.server.http.api.AuthApi.LoginRequest;
import io.verstak.server.http.api.AuthApi.RegistrationRequest;
import io.verstak.server.http.api.AuthApi.ResetRequest;
import io.verstak.server.http.api.BlobApi;
import io.verstak.server.http.api.BlobApi.MissingRequest;
import io.verstak.server.http.api.CapabilitiesApi;
import io.verstak.server.http.api.ClientApi;
import io.verstak.server.http.api.ClientApi.PairRequest;
import io.verstak.server.http.api.ClientApi.RegisterRequest;
import io.verstak.server.http.api.ClientApi.RevokeRequest;
import io.verstak.server.http.api.ClientApi.TestRequest;
import io.verstak.server.http.api.EventsApi;
import io.verstak.server.http.api.HealthApi;
import io.verstak.server.http.api.SyncApi;
import io.verstak.server.http.api.TusApi;
import io.verstak.server.http.api.UserApi;
import io.verstak.server.http.api.UserApi.PasswordRequest;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.PushRequest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Consumer;

/** All routes for programs, on one screen; page routes come from other classes. */
final class Routes {
    private static final String BLOB = "/api/v1/blobs/:" + BlobApi.SHA256;
    private static final String UPLOAD = TusApi.PATH + "/:" + TusApi.ID;

    private final ClientApi client;
    private final AuthApi auth;
    private final UserApi user;
    private final SyncApi sync;
    private final EventsApi events;
    private final BlobApi blobs;
    private final TusApi tus;
    private final CapabilitiesApi capabilities;
    private final HealthApi health;
    private final OpenApiDocument openApi;
    private final List<Consumer<RouteTable>> others;

    Routes(
            ClientApi client,
            AuthApi auth,
            UserApi user,
            SyncApi sync,
            EventsApi events,
            BlobApi blobs,
            TusApi tus,
            CapabilitiesApi capabilities,
            HealthApi health,
            OpenApiDocument openApi,
            List<Consumer<RouteTable>> others) {
        this.client = client;
        this.auth = auth;
        this.user = user;
        this.sync = sync;
        this.events = events;
        this.blobs = blobs;
        this.tus = tus;
        this.capabilities = capabilities;
        this.health = health;
        this.openApi = openApi;
        this.others = List.copyOf(others);
    }

    Router router(Vertx vertx, RequestLog requests, Endpoints call, Failures failures) {
        Router router = Router.router(vertx);
        router.route().handler(context -> begin(context, requests)).failureHandler(failures);
        router.route(TusApi.PATH + "/*").handler(tus::begin);
        RouteTable table = new RouteTable(router)
                        .post("/api/client/pair", call.open(PairRequest.class, client::pair))
                        .post("/api/auth/test", call.open(TestRequest.class, client::test))
                        .post("/api/v1/device/register", call.open(RegisterRequest.class, client::register))
                        .get("/api/client/me", call.device(client::me))
                        .post("/api/client/revoke-current", call.device(client::revokeCurrent))
                        .post("/api/client/revoke-device", call.device(RevokeRequest.class, client::revoke))
                        .post("/api/v1/auth/register", call.open(RegistrationRequest.class, auth::register))
                        .post("/api/v1/auth/login", call.open(LoginRequest.class, auth::login))
                        .post("/api/v1/auth/logout", call.user(user::logout))
                        .post("/api/v1/auth/forgot", call.open(ForgotRequest.class, auth::forgot))
                        .post("/api/v1/auth/reset", call.open(ResetRequest.class, auth::reset))
                        .get("/api/v1/user/devices", call.user(user::devices))
                        .get("/api/v1/user/vaults", call.user(user::vaults))
                        .post("/api/v1/user/devices/:id/revoke", call.user(PasswordRequest.class, user::revokeDevice))
                        .post("/api/v1/sync/push", call.device(PushRequest.class, sync::push))
                        .post("/api/v1/sync/pull", call.waiting(PullRequest.class, sync::pull))
                        .stream("/api/v1/sync/events", call.events(events::open))
                        .post("/api/v1/blobs", call.upload(blobs::upload))
                        .post("/api/v1/blobs/missing", call.device(MissingRequest.class, blobs::missing))
                        .verbatim(HttpMethod.PUT, BLOB, call.put(blobs::put))
                        .verbatim(HttpMethod.GET, BLOB, call.stream(blobs::download))
                        .verbatim(HttpMethod.HEAD, BLOB, call.stream(blobs::download))
                        .on(HttpMethod.OPTIONS, TusApi.PATH, tus::options)
                        .post(TusApi.PATH, call.stream(tus::create))
                        .on(HttpMethod.OPTIONS, UPLOAD, tus::options)
                        .on(HttpMethod.HEAD, UPLOAD, call.stream(tus::status))
                        .on(HttpMethod.PATCH, UPLOAD, call.stream(tus::append))
                        .on(HttpMethod.DELETE, UPLOAD, call.stream(tus::remove))
                        .post(UPLOAD, call.stream(tus::override))
                        .get("/api/v1/capabilities", call.plain(capabilities::capabilities))
                        .get("/api/v1/health", call.plain(health::ready))
                        .get("/readyz", call.plain(health::ready))
                        .get("/livez", call.plain(health::live))
                        .get(OpenApiDocument.PATH, openApi::serve);
        others.forEach(group -> group.accept(table));
        table.end();
        return router;
    }

    /** Handlers of every request, before any other. */
    private static void begin(RoutingContext context, RequestLog requests) {
        requests.begin(context);
        // The reader of the body resumes the request; until then nothing of it is lost during look-ups.
        context.request().pause();
        if (context.request().headers().contains(HttpHeaders.CONTENT_ENCODING)) {
            context.fail(new ServerException(ErrorCode.UNSUPPORTED_MEDIA_TYPE));
            return;
        }
        context.next();
    }
}
