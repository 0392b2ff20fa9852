package io.verstak.server.http.server;

import io.verstak.server.account.notice.SecurityLog;
import io.verstak.server.admin.Administration;
import io.verstak.server.admin.AdministratorAccounts;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.Invitations;
import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.backup.Backups;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.live.LiveStreams;
import io.verstak.server.http.server.PageEndpoints.Pages;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.admin.AdminAccountPage;
import io.verstak.server.http.web.admin.AdministratorsPage;
import io.verstak.server.http.web.admin.AuditPage;
import io.verstak.server.http.web.admin.BackupsPage;
import io.verstak.server.http.web.admin.BulkPage;
import io.verstak.server.http.web.admin.DevicesPage;
import io.verstak.server.http.web.admin.DiagnosticsPage;
import io.verstak.server.http.web.admin.InvitationsPage;
import io.verstak.server.http.web.admin.ListDownloads;
import io.verstak.server.http.web.admin.OutboxPage;
import io.verstak.server.http.web.admin.OverviewPage;
import io.verstak.server.http.web.admin.OwnAccountPage;
import io.verstak.server.http.web.admin.SearchPage;
import io.verstak.server.http.web.admin.SettingsPage;
import io.verstak.server.http.web.admin.StoragePage;
import io.verstak.server.http.web.admin.UserPage;
import io.verstak.server.http.web.admin.UsersPage;
import io.verstak.server.http.web.admin.VaultsPage;
import io.verstak.server.maintenance.Maintenance;
import io.verstak.server.metrics.DiagnosticReport;
import io.verstak.server.metrics.Engines;
import io.verstak.server.metrics.Health;
import io.verstak.server.metrics.Inventory;
import io.verstak.server.metrics.Statistics;
import io.verstak.server.vault.VaultDeletion;
import io.vertx.core.Vertx;
import java.time.Clock;

/** The routes of the pages for signed-in administrators. */
record AdminRoutes(
        OverviewPage overview,
        AdminAccountPage account,
        AdministratorsPage administrators,
        OwnAccountPage ownAccount,
        SearchPage search,
        UsersPage users,
        UserPage user,
        BulkPage bulk,
        InvitationsPage invitations,
        DevicesPage devices,
        VaultsPage vaults,
        StoragePage storage,
        BackupsPage backups,
        AuditPage audit,
        ListDownloads downloads,
        OutboxPage outbox,
        SettingsPage settings,
        DiagnosticsPage diagnostics) {

    static AdminRoutes of(
            Vertx vertx,
            Bus bus,
            ServerSettings settings,
            Health health,
            Inventory inventory,
            Engines engines,
            Statistics statistics,
            Maintenance maintenance,
            OneTimeSecrets secrets,
            Clock clock) {
        Administration administration = bus.client(Administration.class);
        AdministratorSessions administrators = bus.client(AdministratorSessions.class);
        AdministratorAccounts accounts = bus.client(AdministratorAccounts.class);
        OutgoingMail outgoing = bus.client(OutgoingMail.class);
        Invitations invitations = bus.client(Invitations.class);
        return new AdminRoutes(
                new OverviewPage(
                        health,
                        statistics,
                        inventory,
                        engines,
                        outgoing,
                        administrators,
                        maintenance.backups(),
                        bus.client(SecurityLog.class),
                        settings),
                new AdminAccountPage(accounts),
                new AdministratorsPage(accounts, inventory, secrets),
                new OwnAccountPage(administrators),
                new SearchPage(inventory),
                new UsersPage(
                        administration, inventory, () -> settings.now().limits().maxUserBlobBytes()),
                new UserPage(administration, administrators, inventory, settings, secrets),
                new BulkPage(administration, administrators, invitations, inventory),
                new InvitationsPage(invitations, inventory, secrets, clock),
                new DevicesPage(administration, administrators, inventory),
                new VaultsPage(inventory, bus.client(VaultDeletion.class), administrators),
                new StoragePage(statistics, inventory, engines, maintenance),
                new BackupsPage(new Backups(vertx, maintenance.backups(), clock), engines, administrators),
                new AuditPage(inventory, settings, clock),
                new ListDownloads(inventory, clock),
                new OutboxPage(outgoing),
                new SettingsPage(administrators, outgoing, settings),
                new DiagnosticsPage(
                        new DiagnosticReport(health, statistics, engines, clock), engines, outgoing, settings, clock));
    }

    void add(RouteTable table, Pages<SessionIdentity> administrator, LiveStreams live) {
        table.get("/admin/dashboard", administrator.show(overview::show))
                .getOnly(
                        "/admin/dashboard/events",
                        administrator.stream((call, session) ->
                                live.open(call, session, "overview", "", reader -> overview.figures())))
                .get("/admin/account", administrator.show(account::show))
                .post("/admin/account/password", administrator.form(account::changePassword))
                .post("/admin/account/sessions/end", administrator.form(account::endSession))
                .post("/admin/account/sessions/end-others", administrator.form(account::endOtherSessions))
                .get("/admin/administrators", administrator.show(administrators::show))
                .post("/admin/administrators/add", administrator.form(administrators::add))
                .post("/admin/administrators/grant", administrator.form(administrators::grant))
                .post("/admin/administrators/remove", administrator.form(administrators::remove))
                .get("/admin/own-account", administrator.show(ownAccount::show))
                .post("/admin/own-account/create", administrator.form(ownAccount::create))
                .post("/admin/own-account/join", administrator.form(ownAccount::join))
                .get("/admin/search", administrator.show(search::show))
                .get("/admin/users", administrator.show(users::show))
                .get("/admin/create-user", administrator.show(users::form))
                .post("/admin/create-user", administrator.form(users::create))
                .get("/admin/user", administrator.show(user::show))
                .post("/admin/user/edit", administrator.form(user::edit))
                .post("/admin/user/confirm", administrator.form(user::confirm))
                .post("/admin/user/quota", administrator.form(user::quota))
                .post("/admin/user/block", administrator.form(user::block))
                .post("/admin/user/reset-password", administrator.form(user::resetPassword))
                .post("/admin/user/delete", administrator.form(user::delete))
                .get("/admin/bulk", administrator.show(bulk::users))
                .post("/admin/bulk", administrator.form(bulk::ask))
                .get("/admin/bulk/run", administrator.show(bulk::users))
                .post("/admin/bulk/run", administrator.form(bulk::run))
                .get("/admin/invitations", administrator.show(invitations::show))
                .post("/admin/invitations", administrator.form(invitations::invite))
                .post("/admin/invitations/revoke", administrator.form(invitations::revoke))
                .get("/admin/devices", administrator.show(devices::show))
                .post("/admin/devices/revoke", administrator.form(devices::revoke))
                .get("/admin/vaults", administrator.show(vaults::show))
                .get("/admin/vault", administrator.show(vaults::detail))
                .post("/admin/vault/delete", administrator.form(vaults::delete))
                .post("/admin/vault/restore", administrator.form(vaults::restore))
                .get("/admin/vault/:id", administrator.show(vaults::detailByPath))
                .get("/admin/storage", administrator.show(storage::show))
                .post("/admin/storage/clean-up", administrator.form(storage::cleanUp))
                .get("/admin/backups", administrator.show(backups::show))
                .post("/admin/backups/now", administrator.form(backups::makeNow))
                .post("/admin/backups/verify", administrator.form(backups::verify))
                .post("/admin/backups/download", administrator.form(backups::allow))
                .getOnly("/admin/backup.tar.zst", administrator.stream(backups::download))
                .get("/admin/audit", administrator.show(audit::show))
                .getOnly("/admin/users.csv", administrator.stream(downloads::users))
                .getOnly("/admin/devices.csv", administrator.stream(downloads::devices))
                .getOnly("/admin/vaults.csv", administrator.stream(downloads::vaults))
                .getOnly("/admin/audit.csv", administrator.stream(downloads::audit))
                .get("/admin/outbox", administrator.show(outbox::show))
                .post("/admin/outbox/retry", administrator.form(outbox::retry))
                .post("/admin/outbox/delete", administrator.form(outbox::delete))
                .get("/admin/settings", administrator.show(settings::show))
                .post("/admin/settings", administrator.form(settings::save))
                .post("/admin/settings/limits", administrator.form(settings::saveLimits))
                .post("/admin/settings/reset", administrator.form(settings::reset))
                .post("/admin/settings/mail", administrator.form(settings::saveMail))
                .post("/admin/settings/mail/forget", administrator.form(settings::forgetMail))
                .post("/admin/settings/mail/test", administrator.form(settings::testMail))
                .get("/admin/diagnostics", administrator.show(diagnostics::show))
                .get("/admin/diagnostics.json", administrator.stream(diagnostics::json));
    }
}
