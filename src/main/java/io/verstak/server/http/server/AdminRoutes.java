package io.verstak.server.http.server;

import io.verstak.server.http.api.AdminApi;
import io.verstak.server.http.api.AdminApi.BlockRequest;
import io.verstak.server.http.api.AdminApi.CreateRequest;
import io.verstak.server.http.api.AdminApi.EditRequest;
import io.verstak.server.http.api.AdminDevicesApi;
import io.verstak.server.http.api.AdminMailApi;
import io.verstak.server.http.api.AdminStatsApi;
import io.vertx.core.http.HttpMethod;

/** The routes of the administrators' JSON. */
final class AdminRoutes {
    private static final String USER = "/admin/api/users/:id";

    private final AdminEndpoints call;
    private final AdminApi users;
    private final AdminDevicesApi devices;
    private final AdminStatsApi stats;
    private final AdminMailApi mail;

    AdminRoutes(AdminEndpoints call, AdminApi users, AdminDevicesApi devices, AdminStatsApi stats, AdminMailApi mail) {
        this.call = call;
        this.users = users;
        this.devices = devices;
        this.stats = stats;
        this.mail = mail;
    }

    void add(RouteTable table) {
        table.get("/admin/api/stats", call.api(stats::stats))
                .get("/admin/api/users", call.api(users::users))
                .post("/admin/api/users/create", call.api(CreateRequest.class, users::create))
                .post(USER + "/block", call.api(BlockRequest.class, users::block))
                .post(USER + "/reset-password", call.api(users::resetPassword))
                .post(USER + "/edit", call.api(EditRequest.class, users::edit))
                .on(HttpMethod.DELETE, USER, call.api(users::delete))
                .get("/admin/api/devices", call.stream(devices::devices))
                .get("/admin/api/keys", call.stream(devices::keys))
                .on(HttpMethod.DELETE, "/admin/api/keys/:id", call.api(devices::revoke))
                .post("/admin/api/smtp", call.form(mail::save))
                .post("/admin/api/smtp/test", call.form(mail::test))
                .door("/admin/api/*", call.onlyAdministrators());
    }
}
