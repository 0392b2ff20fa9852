package io.verstak.server.http.server;

import io.verstak.server.http.web.admin.AuditPage;
import io.verstak.server.http.web.admin.DevicesPage;
import io.verstak.server.http.web.admin.DiagnosticsPage;
import io.verstak.server.http.web.admin.InvitationsPage;
import io.verstak.server.http.web.admin.OutboxPage;
import io.verstak.server.http.web.admin.OverviewPage;
import io.verstak.server.http.web.admin.OwnAccountPage;
import io.verstak.server.http.web.admin.SettingsPage;
import io.verstak.server.http.web.admin.StoragePage;
import io.verstak.server.http.web.admin.UserPage;
import io.verstak.server.http.web.admin.UsersPage;
import io.verstak.server.http.web.admin.VaultsPage;

/** The routes of the administrators' pages. */
record AdminPageRoutes(
        PageEndpoints call,
        OverviewPage overview,
        OwnAccountPage ownAccount,
        UsersPage users,
        UserPage user,
        InvitationsPage invitations,
        DevicesPage devices,
        VaultsPage vaults,
        StoragePage storage,
        AuditPage audit,
        OutboxPage outbox,
        SettingsPage settings,
        DiagnosticsPage diagnostics) {

    void add(RouteTable table) {
        table.get("/admin/dashboard", call.adminPage(overview::show))
                .get("/admin/own-account", call.adminPage(ownAccount::show))
                .post("/admin/own-account/create", call.adminForm(ownAccount::create))
                .post("/admin/own-account/join", call.adminForm(ownAccount::join))
                .get("/admin/users", call.adminPage(users::show))
                .get("/admin/create-user", call.adminPage(users::form))
                .post("/admin/create-user", call.adminForm(users::create))
                .get("/admin/user", call.adminPage(user::show))
                .post("/admin/user/edit", call.adminForm(user::edit))
                .post("/admin/user/confirm", call.adminForm(user::confirm))
                .post("/admin/user/quota", call.adminForm(user::quota))
                .post("/admin/user/block", call.adminForm(user::block))
                .post("/admin/user/reset-password", call.adminForm(user::resetPassword))
                .post("/admin/user/delete", call.adminForm(user::delete))
                .get("/admin/invitations", call.adminPage(invitations::show))
                .post("/admin/invitations", call.adminForm(invitations::invite))
                .post("/admin/invitations/revoke", call.adminForm(invitations::revoke))
                .get("/admin/devices", call.adminPage(devices::show))
                .post("/admin/devices/revoke", call.adminForm(devices::revoke))
                .get("/admin/vaults", call.adminPage(vaults::show))
                .get("/admin/vault", call.adminPage(vaults::detail))
                .get("/admin/vault/:id", call.adminPage(vaults::detailByPath))
                .get("/admin/storage", call.adminPage(storage::show))
                .post("/admin/storage/clean-up", call.adminForm(storage::cleanUp))
                .get("/admin/audit", call.adminPage(audit::show))
                .get("/admin/outbox", call.adminPage(outbox::show))
                .post("/admin/outbox/retry", call.adminForm(outbox::retry))
                .get("/admin/settings", call.adminPage(settings::show))
                .post("/admin/settings", call.adminForm(settings::save))
                .post("/admin/settings/reset", call.adminForm(settings::reset))
                .post("/admin/settings/mail", call.adminForm(settings::saveMail))
                .post("/admin/settings/mail/forget", call.adminForm(settings::forgetMail))
                .post("/admin/settings/mail/test", call.adminForm(settings::testMail))
                .get("/admin/diagnostics", call.adminPage(diagnostics::show))
                .get("/admin/diagnostics.json", call.adminStream(diagnostics::json))
                .innerDoor("/admin/*", call.onlyAdministrators());
    }
}
