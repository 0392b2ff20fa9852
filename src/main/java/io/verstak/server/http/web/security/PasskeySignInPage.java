package io.verstak.server.http.web.security;

import io.verstak.server.account.Sessions;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;

/** Signs in with a passkey alone. */
public final class PasskeySignInPage {
    private static final String CREDENTIAL = "credential";
    private static final String NEXT = "next";

    private final Sessions sessions;
    private final AdministratorSessions administrators;
    private final SignInPage users;
    private final AdminSignInPage admins;

    public PasskeySignInPage(
            Sessions sessions, AdministratorSessions administrators, SignInPage users, AdminSignInPage admins) {
        this.sessions = sessions;
        this.administrators = administrators;
        this.users = users;
        this.admins = admins;
    }

    public Future<Reply> user(Request call, FormFields fields) {
        String next = fields.get(NEXT);
        return sessions.signInByPasskey(fields.get(CREDENTIAL), SignInPage.client(call))
                .compose(signedIn -> users.done(call, signedIn, next))
                .recover(Reply.again("login", new SignInPage.View("", next)));
    }

    public Future<Reply> administrator(Request call, FormFields fields) {
        String next = fields.get(NEXT);
        return administrators
                .signInByPasskey(fields.get(CREDENTIAL), SignInPage.client(call))
                .compose(both -> admins.done(both, next))
                .recover(Reply.again("admin/login", new SignInPage.View("", next)));
    }

    /** Redirects to the form: the address of its action was opened. */
    public Future<Reply> admin(Request call) {
        return Future.succeededFuture(Reply.to(AdminSignInPage.PATH));
    }

    /** As {@link #admin}, for users. */
    public Future<Reply> show(Request call) {
        return Future.succeededFuture(Reply.to(SignInPage.PATH));
    }
}
