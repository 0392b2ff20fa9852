package io.verstak.server.http.web.admin;

import io.verstak.server.account.Credentials;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.http.web.security.SignInPage;
import io.vertx.core.Future;

/** Lets an administrator create a user account or link an existing one. */
public final class OwnAccountPage {
    private static final String DASHBOARD = "/dashboard";

    private final AdministratorSessions sessions;

    /**
     * The template's model.
     *
     * @param failed the rejected form; empty if none
     */
    public record View(boolean hasAccount, String email, String login, String failed) {}

    public OwnAccountPage(AdministratorSessions sessions) {
        this.sessions = sessions;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return page(administrator, "", "", "");
    }

    private Future<Reply> page(SessionIdentity administrator, String email, String login, String failed) {
        return sessions.hasOwnAccount(administrator)
                .map(has -> Reply.page("admin/own-account", new View(has, email, login, failed)));
    }

    public Future<Reply> create(Request call, SessionIdentity administrator, FormFields fields) {
        String email = fields.get("email").strip();
        return sessions.createOwnAccount(AdminForms.proof(call, administrator, fields), email, SignInPage.client(call))
                .map(OwnAccountPage::begun)
                .recover(Reply.again(() -> page(administrator, email, "", "create")));
    }

    public Future<Reply> join(Request call, SessionIdentity administrator, FormFields fields) {
        String login = fields.get("login").strip();
        return sessions.joinOwnAccount(
                        AdminForms.proof(call, administrator, fields),
                        new Credentials(login, fields.get("user_password"), call.clientAddress()),
                        fields.get("code"),
                        SignInPage.client(call))
                .map(OwnAccountPage::begun)
                .recover(Reply.again(() -> page(administrator, "", login, "join")));
    }

    private static Reply begun(String token) {
        return Reply.to(DASHBOARD).flash("own-account").cookie(Cookies.USER_SESSION, token);
    }
}
