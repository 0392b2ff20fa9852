package io.verstak.server.http.server;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.export.AccountExport;
import io.verstak.server.http.export.VaultExport;
import io.verstak.server.http.server.PageEndpoints.Anyone;
import io.verstak.server.http.server.PageEndpoints.Pages;
import io.verstak.server.http.web.AccountLinkPage;
import io.verstak.server.http.web.AccountPage;
import io.verstak.server.http.web.AdminSignInPage;
import io.verstak.server.http.web.Assets;
import io.verstak.server.http.web.ConnectPage;
import io.verstak.server.http.web.DashboardPage;
import io.verstak.server.http.web.ForgotPage;
import io.verstak.server.http.web.RegisterPage;
import io.verstak.server.http.web.SetupMailPage;
import io.verstak.server.http.web.SetupPage;
import io.verstak.server.http.web.SignInPage;
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
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/**
 * The routes of the pages, and of the files that all pages load.
 *
 * @param confirmJson answers programs that send JSON to the address of the page to confirm an account
 */
record PageRoutes(
        PageEndpoints page,
        Handler<RoutingContext> confirmJson,
        Assets assets,
        RegisterPage register,
        ForgotPage forgot,
        SignInPage signIn,
        SetupPage setup,
        SetupMailPage setupMail,
        AdminSignInPage adminSignIn,
        DashboardPage dashboard,
        ConnectPage connect,
        AccountPage account,
        AccountLinkPage links,
        VaultExport vaultExport,
        AccountExport accountExport,
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
    private static final String CONFIRM = "/api/v1/auth/confirm";

    void add(RouteTable table) {
        everyone(table, page.anyone());
        users(table, page.user(), page.anyone());
        administrators(table, page.administrator(), page.anyone());
    }

    private void everyone(RouteTable table, Anyone anyone) {
        table.verbatim(HttpMethod.GET, "/static/*", assets::serve)
                .verbatim(HttpMethod.HEAD, "/static/*", assets::serve)
                .get("/", anyone.show(signIn::welcome))
                .post("/language", anyone.form(signIn::language))
                .get(CONFIRM, anyone.show(links::ask))
                .post(CONFIRM, anyone.formOr(confirmJson, links::confirm))
                .get("/confirmed", anyone.show(links::confirmed))
                .get("/register", anyone.show(register::show))
                .post("/register", anyone.form(register::register))
                .get("/registered", anyone.show(register::done))
                .get("/forgot", anyone.show(forgot::ask))
                .post("/forgot", anyone.form(forgot::send))
                .get("/forgot/sent", anyone.show(forgot::sent))
                .get("/reset", anyone.show(forgot::choose))
                .post("/reset", anyone.form(forgot::reset))
                .get("/.well-known/change-password", anyone.show(forgot::change))
                .get("/login", anyone.show(signIn::show))
                .post("/login", anyone.form(signIn::signIn));
    }

    private void users(RouteTable table, Pages<SessionIdentity> user, Anyone anyone) {
        table.get("/logout", user.show(signIn::home))
                .post("/logout", user.form(signIn::signOut))
                .get("/dashboard", user.show(dashboard::show))
                .post("/dashboard/rename", user.form(dashboard::rename))
                .post("/dashboard/revoke", user.form(dashboard::revoke))
                .post("/dashboard/keep", user.form(dashboard::keep))
                .get("/dashboard/connect", user.show(connect::show))
                .post("/dashboard/connect", user.form(connect::create))
                .get("/account", user.show(account::show))
                .post("/account/password", user.form(account::changePassword))
                .get("/account/email", anyone.show(links::askEmail))
                .post("/account/email", user.form(account::changeEmail))
                .post("/account/email/keep", user.form(account::keepEmail))
                .post("/account/email/confirm", anyone.form(links::confirmEmail))
                .get("/account/email/done", anyone.show(links::emailDone))
                .post("/account/sessions/end", user.form(account::endSession))
                .post("/account/sessions/end-others", user.form(account::endOtherSessions))
                .post("/account/language", user.form(account::language))
                .getOnly("/account/vault.zip", user.stream(vaultExport::answer))
                .getOnly("/account/account.json", user.stream(accountExport::answer))
                .post("/account/delete", user.form(account::delete))
                .get("/account/keep", anyone.show(links::askKeep))
                .post("/account/keep", anyone.form(links::keep))
                .get("/account/kept", anyone.show(links::kept));
    }

    private void administrators(RouteTable table, Pages<SessionIdentity> administrator, Anyone anyone) {
        table.get("/setup", anyone.show(setup::show))
                .post("/setup", anyone.form(setup::setUp))
                .get("/setup/mail", administrator.show(setupMail::show))
                .post("/setup/mail", administrator.form(setupMail::save))
                .get("/admin/login", anyone.show(adminSignIn::show))
                .post("/admin/login", anyone.form(adminSignIn::signIn))
                .get("/admin", administrator.show(adminSignIn::home))
                .get("/admin/logout", administrator.show(adminSignIn::home))
                .post("/admin/logout", administrator.form(adminSignIn::signOut))
                .get("/admin/dashboard", administrator.show(overview::show))
                .get("/admin/own-account", administrator.show(ownAccount::show))
                .post("/admin/own-account/create", administrator.form(ownAccount::create))
                .post("/admin/own-account/join", administrator.form(ownAccount::join))
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
                .get("/admin/invitations", administrator.show(invitations::show))
                .post("/admin/invitations", administrator.form(invitations::invite))
                .post("/admin/invitations/revoke", administrator.form(invitations::revoke))
                .get("/admin/devices", administrator.show(devices::show))
                .post("/admin/devices/revoke", administrator.form(devices::revoke))
                .get("/admin/vaults", administrator.show(vaults::show))
                .get("/admin/vault", administrator.show(vaults::detail))
                .get("/admin/vault/:id", administrator.show(vaults::detailByPath))
                .get("/admin/storage", administrator.show(storage::show))
                .post("/admin/storage/clean-up", administrator.form(storage::cleanUp))
                .get("/admin/audit", administrator.show(audit::show))
                .get("/admin/outbox", administrator.show(outbox::show))
                .post("/admin/outbox/retry", administrator.form(outbox::retry))
                .get("/admin/settings", administrator.show(settings::show))
                .post("/admin/settings", administrator.form(settings::save))
                .post("/admin/settings/reset", administrator.form(settings::reset))
                .post("/admin/settings/mail", administrator.form(settings::saveMail))
                .post("/admin/settings/mail/forget", administrator.form(settings::forgetMail))
                .post("/admin/settings/mail/test", administrator.form(settings::testMail))
                .get("/admin/diagnostics", administrator.show(diagnostics::show))
                .get("/admin/diagnostics.json", administrator.stream(diagnostics::json))
                .guardLast("/admin/*", page.onlyAdministrators());
    }
}
