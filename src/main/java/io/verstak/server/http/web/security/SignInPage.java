package io.verstak.server.http.web.security;

import io.verstak.server.account.Credentials;
import io.verstak.server.account.Sessions;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.Sessions.SignedIn;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Browsers;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Languages;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.http.web.Views;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;

/** The pages of visitors, and what they choose there: their language, and to sign in. Signs users out, too. */
public final class SignInPage {
    /** Where users sign in. */
    public static final String PATH = "/login";

    /** Where the form of the second step goes. */
    public static final String SECOND = "/login/second";

    public static final String SECOND_TEMPLATE = "second-step";

    private static final String TEMPLATE = "login";
    private static final String DASHBOARD = "/dashboard";

    private final Sessions sessions;
    private final AdministratorSessions administrators;

    /**
     * The content of the form.
     *
     * @param next the path to open after signing in
     */
    public record View(String username, String next) {}

    /**
     * The page of the second step.
     *
     * @param step the sealed state of the sign-in
     * @param next the path to open after signing in
     * @param path where the form goes
     * @param request what the browser is asked to answer with a passkey instead; empty: the person has none
     */
    public record SecondStep(String step, String next, String path, String request) {
        /** Without the state. */
        @Override
        public String toString() {
            return "SecondStep[%s]".formatted(path);
        }
    }

    public SignInPage(Sessions sessions, AdministratorSessions administrators) {
        this.sessions = sessions;
        this.administrators = administrators;
    }

    /** Redirects back in the chosen language. */
    public Future<Reply> language(Request call, FormFields fields) {
        Reply back = Reply.toLocal(fields.get("next"), "/");
        return Future.succeededFuture(Languages.spoken(fields.get("language"))
                .map(chosen -> back.cookie(Cookies.LANGUAGE, chosen.locale().toLanguageTag()))
                .orElse(back));
    }

    /** Redirects back in the chosen theme; any other than light and dark is that of the reader's system. */
    public Future<Reply> theme(Request call, FormFields fields) {
        String chosen = fields.get("theme");
        String theme = Views.THEMES.contains(chosen) ? chosen : "";
        return Future.succeededFuture(Reply.toLocal(fields.get("next"), "/").cookie(Cookies.THEME, theme));
    }

    public Future<Reply> show(Request call) {
        return Future.succeededFuture(
                Reply.page(TEMPLATE, new View(call.parameter("username"), call.parameter("next"))));
    }

    public Future<Reply> signIn(Request call, FormFields fields) {
        String username = fields.get("username");
        String next = fields.get("next");
        return sessions.signIn(new Credentials(username, fields.get("password"), call.clientAddress()), client(call))
                .compose(signedIn -> done(call, signedIn, next))
                .recover(Reply.again(TEMPLATE, new View(username, next)));
    }

    /** Goes on after a step: to the second one, or signed in, as an administrator, too, if the user is one. */
    public Future<Reply> done(Request call, SignedIn signedIn, String next) {
        if (signedIn.token().isEmpty()) {
            return secondStep(signedIn.step(), next);
        }
        return administrators.signInAfter(signedIn.token(), client(call)).map(both -> {
            Reply there = Reply.toLocal(next, DASHBOARD).cookie(Cookies.USER_SESSION, signedIn.token());
            return both.administrator().isEmpty() ? there : there.cookie(Cookies.ADMIN_SESSION, both.administrator());
        });
    }

    /** Shows the second step. */
    public Future<Reply> secondStep(String step, String next) {
        return sessions.passkeyRequest(step)
                .map(request -> Reply.page(SECOND_TEMPLATE, new SecondStep(step, next, SECOND, request)));
    }

    /** Redirects to the page with the button: opening or prefetching this address does not sign out. */
    public Future<Reply> home(Request call, SessionIdentity session) {
        return Future.succeededFuture(Reply.to(DASHBOARD));
    }

    public Future<Reply> signOut(Request call, SessionIdentity session, FormFields fields) {
        return administrators
                .signOutAfter(session, call.cookie(Cookies.ADMIN_SESSION), call.clientAddress())
                .compose(ended -> sessions.signOut(session, call.clientAddress()))
                .map(ended -> Reply.to("/").flash("signed-out").cookie(Cookies.USER_SESSION, ""));
    }

    /** Returns the client that signs in, for the lists of sessions. */
    public static Client client(Request call) {
        String agent = call.header(HttpHeaders.USER_AGENT);
        return new Client(call.clientAddress(), agent == null ? "" : agent, Browsers.of(call.context()));
    }
}
