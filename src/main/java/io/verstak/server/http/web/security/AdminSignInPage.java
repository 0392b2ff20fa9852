package io.verstak.server.http.web.security;

import io.verstak.server.account.Credentials;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.AdministratorSessions.SignedIn;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;

/** Signs administrators in and out. */
public final class AdminSignInPage {
    private static final String TEMPLATE = "admin/login";
    /** Where administrators sign in. */
    public static final String PATH = "/admin/login";

    /** Where the form of the second step goes. */
    public static final String SECOND = "/admin/login/second";

    private static final String DASHBOARD = "/admin/dashboard";

    private final AdministratorSessions sessions;

    public AdminSignInPage(AdministratorSessions sessions) {
        this.sessions = sessions;
    }

    public Future<Reply> show(Request call) {
        return Future.succeededFuture(Reply.page(TEMPLATE, new SignInPage.View("", call.parameter("next"))));
    }

    public Future<Reply> signIn(Request call, FormFields fields) {
        String username = fields.get("username");
        String next = fields.get("next");
        return sessions.signIn(
                        new Credentials(username, fields.get("password"), call.clientAddress()),
                        SignInPage.client(call))
                .compose(both -> done(both, next))
                .recover(Reply.again(TEMPLATE, new SignInPage.View(username, next)));
    }

    /** Goes on after a step: to the second one, or signed in. */
    public Future<Reply> done(SignedIn both, String next) {
        return both.administrator().isEmpty()
                ? secondStep(both.step(), next)
                : Future.succeededFuture(signedIn(Reply.toLocal(next, DASHBOARD), both));
    }

    /** Shows the second step. */
    public Future<Reply> secondStep(String step, String next) {
        return sessions.passkeyRequest(step)
                .map(request ->
                        Reply.page(SignInPage.SECOND_TEMPLATE, new SignInPage.SecondStep(step, next, SECOND, request)));
    }

    /** Signs in the administrator's own user account as well, if there is one. */
    static Reply signedIn(Reply there, SignedIn both) {
        Reply administrator = there.cookie(Cookies.ADMIN_SESSION, both.administrator());
        return both.user().isEmpty() ? administrator : administrator.cookie(Cookies.USER_SESSION, both.user());
    }

    /** Redirects to the page with the sign-out button: opening or prefetching an address ends nothing. */
    public Future<Reply> home(Request call, SessionIdentity session) {
        return Future.succeededFuture(Reply.to(DASHBOARD));
    }

    public Future<Reply> signOut(Request call, SessionIdentity session, FormFields fields) {
        return sessions.signOut(session, call.cookie(Cookies.USER_SESSION), call.clientAddress())
                .map(ended -> Reply.to(PATH).flash("signed-out").cookie(Cookies.ADMIN_SESSION, ""));
    }
}
