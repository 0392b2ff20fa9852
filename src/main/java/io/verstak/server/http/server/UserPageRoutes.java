package io.verstak.server.http.server;

import io.verstak.server.http.export.AccountExport;
import io.verstak.server.http.export.VaultExport;
import io.verstak.server.http.web.AccountLinkPage;
import io.verstak.server.http.web.AccountPage;
import io.verstak.server.http.web.DashboardPage;

/** The routes of the pages for signed-in users, and of those that mails about their accounts link to. */
final class UserPageRoutes {
    private final PageEndpoints call;
    private final DashboardPage dashboard;
    private final AccountPage account;
    private final AccountLinkPage links;
    private final VaultExport vaultExport;
    private final AccountExport accountExport;

    UserPageRoutes(
            PageEndpoints call,
            DashboardPage dashboard,
            AccountPage account,
            AccountLinkPage links,
            VaultExport vaultExport,
            AccountExport accountExport) {
        this.call = call;
        this.dashboard = dashboard;
        this.account = account;
        this.links = links;
        this.vaultExport = vaultExport;
        this.accountExport = accountExport;
    }

    void add(RouteTable table) {
        table
                .get("/dashboard", call.userPage(dashboard::show))
                .post("/dashboard/rename", call.userForm(dashboard::rename))
                .post("/dashboard/revoke", call.userForm(dashboard::revoke))
                .post("/dashboard/keep", call.userForm(dashboard::keep))
                .get("/account", call.userPage(account::show))
                .post("/account/password", call.userForm(account::changePassword))
                .get("/account/email", call.page(links::askEmail))
                .post("/account/email", call.userForm(account::changeEmail))
                .post("/account/email/keep", call.userForm(account::keepEmail))
                .post("/account/email/confirm", call.form(links::confirmEmail))
                .get("/account/email/done", call.page(links::emailDone))
                .post("/account/sessions/end", call.userForm(account::endSession))
                .post("/account/sessions/end-others", call.userForm(account::endOtherSessions))
                .post("/account/language", call.userForm(account::language))
                .stream("/account/vault.zip", call.userStream(vaultExport::answer))
                .stream("/account/account.json", call.userStream(accountExport::answer))
                .post("/account/delete", call.userForm(account::delete))
                .get("/account/keep", call.page(links::askKeep))
                .post("/account/keep", call.form(links::keep))
                .get("/account/kept", call.page(links::kept));
    }
}
