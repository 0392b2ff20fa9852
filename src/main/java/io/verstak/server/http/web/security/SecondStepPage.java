package io.verstak.server.http.web.security;

import io.verstak.server.account.Sessions;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** The second step of a sign-in: a code after the right password. */
public final class SecondStepPage {
    /** After these refusals the second step may be tried again. */
    private static final Set<Message> AGAIN = EnumSet.of(Message.WRONG_CODE, Message.PASSKEY_WRONG);

    private static final String CREDENTIAL = "credential";

    private final Sessions sessions;
    private final AdministratorSessions administrators;
    private final SignInPage users;
    private final AdminSignInPage admins;

    public SecondStepPage(
            Sessions sessions, AdministratorSessions administrators, SignInPage users, AdminSignInPage admins) {
        this.sessions = sessions;
        this.administrators = administrators;
        this.users = users;
        this.admins = admins;
    }

    /** Redirects to the first step: the page of the second one is its answer. */
    public Future<Reply> user(Request call) {
        return Future.succeededFuture(Reply.to(SignInPage.PATH));
    }

    /** As {@link #user}, for administrators. */
    public Future<Reply> administrator(Request call) {
        return Future.succeededFuture(Reply.to(AdminSignInPage.PATH));
    }

    public Future<Reply> signInUser(Request call, FormFields fields) {
        String next = fields.get("next");
        String step = fields.get("step");
        return sessions.secondStep(step, fields.get("code"), SignInPage.client(call))
                .compose(signedIn -> users.done(call, signedIn, next))
                .recover(again(() -> users.secondStep(step, next), next, "login"));
    }

    public Future<Reply> signInAdministrator(Request call, FormFields fields) {
        String next = fields.get("next");
        String step = fields.get("step");
        return administrators
                .secondStep(step, fields.get("code"), SignInPage.client(call))
                .compose(both -> admins.done(both, next))
                .recover(again(() -> admins.secondStep(step, next), next, "admin/login"));
    }

    public Future<Reply> passkeyOfUser(Request call, FormFields fields) {
        String next = fields.get("next");
        String step = fields.get("step");
        return sessions.secondStepByPasskey(step, fields.get(CREDENTIAL), SignInPage.client(call))
                .compose(signedIn -> users.done(call, signedIn, next))
                .recover(again(() -> users.secondStep(step, next), next, "login"));
    }

    public Future<Reply> passkeyOfAdministrator(Request call, FormFields fields) {
        String next = fields.get("next");
        String step = fields.get("step");
        return administrators
                .secondStepByPasskey(step, fields.get(CREDENTIAL), SignInPage.client(call))
                .compose(both -> admins.done(both, next))
                .recover(again(() -> admins.secondStep(step, next), next, "admin/login"));
    }

    /** Shows the second step again after a wrong code, and the first one if the sign-in cannot go on. */
    private static Function<Throwable, Future<Reply>> again(
            Supplier<Future<Reply>> page, String next, String firstStep) {
        return failure -> isOver(failure)
                ? Reply.again(firstStep, new SignInPage.View("", next))
                        .apply(new ServerException(Message.SIGN_IN_EXPIRED))
                : Reply.again(page).apply(failure);
    }

    private static boolean isOver(Throwable failure) {
        return failure instanceof ServerException refusal
                && refusal.code() == ErrorCode.UNAUTHORIZED
                && refusal.message().filter(AGAIN::contains).isEmpty();
    }
}
