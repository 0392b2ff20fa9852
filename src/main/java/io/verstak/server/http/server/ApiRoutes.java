package io.verstak.server.http.server;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.api.AdminApi;
import io.verstak.server.http.api.AdminApi.BlockRequest;
import io.verstak.server.http.api.AdminApi.CreateRequest;
import io.verstak.server.http.api.AdminApi.EditRequest;
import io.verstak.server.http.api.AdminDevicesApi;
import io.verstak.server.http.api.AdminMailApi;
import io.verstak.server.http.api.AdminStatsApi;
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
import io.verstak.server.http.server.Endpoints.Anyone;
import io.verstak.server.http.server.Endpoints.Endpoint;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.PushRequest;
import io.vertx.core.http.HttpMethod;

/** The routes for programs, in the order of {@code openapi.yaml}. */
record ApiRoutes(
        Endpoints endpoint,
        ClientApi client,
        AuthApi auth,
        UserApi users,
        SyncApi sync,
        EventsApi events,
        BlobApi blobs,
        TusApi uploads,
        CapabilitiesApi capabilities,
        HealthApi health,
        OpenApiDocument openApi,
        AdminApi accounts,
        AdminDevicesApi devices,
        AdminStatsApi stats,
        AdminMailApi mail) {
    private static final String BLOB = "/api/v1/blobs/:" + BlobApi.SHA256;
    private static final String UPLOADS = TusApi.PATH;
    private static final String UPLOAD = UPLOADS + "/:" + TusApi.ID;
    private static final String ACCOUNT = "/admin/api/users/:id";

    void add(RouteTable table) {
        devices(table, endpoint.anyone(), endpoint.device());
        blobs(table, endpoint.device(), endpoint.writer());
        log(table, endpoint.deviceOfLog());
        users(table, endpoint.anyone(), endpoint.user());
        administrators(table, endpoint.administrator());
        table.get("/api/v1/capabilities", endpoint.anyone().answer(capabilities::capabilities))
                .get("/api/v1/health", endpoint.anyone().answer(health::ready))
                .get("/readyz", endpoint.anyone().answer(health::ready))
                .get("/livez", endpoint.anyone().answer(health::live))
                .get(OpenApiDocument.PATH, openApi::serve);
    }

    private void devices(RouteTable table, Anyone anyone, Endpoint<DeviceIdentity> device) {
        table.post("/api/client/pair", anyone.json(PairRequest.class).answer(client::pair))
                .post("/api/auth/test", anyone.json(TestRequest.class).answer(client::test))
                .get("/api/client/me", device.answer(client::me))
                .post("/api/client/revoke-current", device.answer(client::revokeCurrent))
                .post(
                        "/api/client/revoke-device",
                        device.json(RevokeRequest.class).answer(client::revoke))
                .post(
                        "/api/v1/device/register",
                        anyone.json(RegisterRequest.class).answer(client::register))
                .getOnly("/api/v1/sync/events", device.stream(events::open));
    }

    private void blobs(RouteTable table, Endpoint<DeviceIdentity> device, Endpoint<DeviceIdentity> writer) {
        table.post("/api/v1/blobs", writer.answer(blobs::upload))
                .post("/api/v1/blobs/missing", device.json(MissingRequest.class).answer(blobs::missing))
                .verbatim(HttpMethod.PUT, BLOB, writer.answer(blobs::put))
                .verbatim(HttpMethod.GET, BLOB, device.stream(blobs::download))
                .verbatim(HttpMethod.HEAD, BLOB, device.stream(blobs::download))
                .on(HttpMethod.OPTIONS, UPLOADS, uploads::options)
                .post(UPLOADS, writer.stream(uploads::create))
                .on(HttpMethod.OPTIONS, UPLOAD, uploads::options)
                .on(HttpMethod.HEAD, UPLOAD, device.stream(uploads::status))
                .on(HttpMethod.PATCH, UPLOAD, writer.stream(uploads::append))
                .on(HttpMethod.DELETE, UPLOAD, writer.stream(uploads::remove))
                .post(UPLOAD, writer.stream(uploads::override));
    }

    private void log(RouteTable table, Endpoint<DeviceIdentity> device) {
        table.post("/api/v1/sync/push", device.json(PushRequest.class).answer(sync::push))
                .post("/api/v1/sync/pull", device.json(PullRequest.class).answer(sync::pull));
    }

    /** {@code /api/v1/auth/confirm} is in {@link PageRoutes}, because it takes a form as well. */
    private void users(RouteTable table, Anyone anyone, Endpoint<SessionIdentity> user) {
        table.post(
                        "/api/v1/auth/register",
                        anyone.json(RegistrationRequest.class).answer(auth::register))
                .post("/api/v1/auth/login", anyone.json(LoginRequest.class).answer(auth::login))
                .post("/api/v1/auth/logout", user.answer(users::logout))
                .post("/api/v1/auth/forgot", anyone.json(ForgotRequest.class).answer(auth::forgot))
                .post("/api/v1/auth/reset", anyone.json(ResetRequest.class).answer(auth::reset))
                .get("/api/v1/user/devices", user.answer(users::devices))
                .post(
                        "/api/v1/user/devices/:id/revoke",
                        user.json(PasswordRequest.class).answer(users::revokeDevice))
                .get("/api/v1/user/vaults", user.answer(users::vaults));
    }

    private void administrators(RouteTable table, Endpoint<SessionIdentity> administrator) {
        table.get("/admin/api/stats", administrator.answer(stats::stats))
                .get("/admin/api/users", administrator.answer(accounts::users))
                .post(
                        "/admin/api/users/create",
                        administrator.optionalJson(CreateRequest.class).answer(accounts::create))
                .post(
                        ACCOUNT + "/block",
                        administrator.optionalJson(BlockRequest.class).answer(accounts::block))
                .post(ACCOUNT + "/reset-password", administrator.answer(accounts::resetPassword))
                .post(
                        ACCOUNT + "/edit",
                        administrator.optionalJson(EditRequest.class).answer(accounts::edit))
                .on(HttpMethod.DELETE, ACCOUNT, administrator.answer(accounts::delete))
                .get("/admin/api/devices", administrator.stream(devices::devices))
                .get("/admin/api/keys", administrator.stream(devices::keys))
                .on(HttpMethod.DELETE, "/admin/api/keys/:id", administrator.answer(devices::revoke))
                .post("/admin/api/smtp", administrator.form().answer(mail::save))
                .post("/admin/api/smtp/test", administrator.form().answer(mail::test))
                .guard("/admin/api/*", endpoint.onlyAdministrators());
    }
}
