package io.verstak.server.http.web.admin;

import io.verstak.server.account.Sessions.SessionView;
import io.verstak.server.admin.AdministratorAccounts;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.BrowserName;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.List;

/** The account of the administrator who is signed in: password, second factors, sessions. */
public final class AdminAccountPage {
    private static final String PATH = "/admin/account";

    private final AdministratorAccounts accounts;

    /**
     * The content of the page.
     *
     * @param hasUser whether there is a user account
     * @param browsers the signed-in browsers with their names
     * @param failed the form that was refused; empty: none
     */
    public record View(String username, boolean hasUser, List<Browser> browsers, String failed) {}

    /** A browser that is signed in. */
    public record Browser(SessionView session, String name) {}

    public AdminAccountPage(AdministratorAccounts accounts) {
        this.accounts = accounts;
    }

    /** Leads who is both administrator and user to the page of the user account: one person has one account. */
    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return page(call, administrator, "");
    }

    private Future<Reply> page(Request call, SessionIdentity administrator, String failed) {
        return accounts.account(administrator, call.cookie(Cookies.USER_SESSION))
                .map(account -> account.isUserHere() && failed.isEmpty()
                        ? Reply.to("/account")
                        : Reply.page(
                                "admin/account",
                                new View(
                                        account.username(),
                                        account.hasUser(),
                                        account.sessions().stream()
                                                .map(each -> new Browser(each, BrowserName.of(each.userAgent())))
                                                .toList(),
                                        failed)));
    }

    public Future<Reply> changePassword(Request call, SessionIdentity administrator, FormFields fields) {
        return accounts.changePassword(AdminForms.proof(call, administrator, fields), fields.get("new_password"))
                .map(changed -> Reply.to(PATH).flash("password-changed"))
                .recover(Reply.again(() -> page(call, administrator, "password")));
    }

    public Future<Reply> endSession(Request call, SessionIdentity administrator, FormFields fields) {
        return accounts.endSession(administrator, fields.get("session"), call.clientAddress())
                .map(ended -> Reply.to(PATH).flash("session-ended"));
    }

    public Future<Reply> endOtherSessions(Request call, SessionIdentity administrator, FormFields fields) {
        return accounts.signOutOthers(administrator, call.cookie(Cookies.USER_SESSION), call.clientAddress())
                .map(ended -> Reply.to(PATH).flash("sessions-ended"));
    }
}
