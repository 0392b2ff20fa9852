package io.verstak.server.http.web;

import io.verstak.server.account.OwnPassword;
import io.verstak.server.account.OwnPassword.PasswordReset;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Supplier;

/** Resets a forgotten password: the request for a mail with a link, and the page of that link. */
public final class ForgotPage {
    private static final String ASK = "forgot";
    private static final String CHOOSE = "reset";
    private static final String EMAIL = "email";
    private static final String TOKEN = "token";
    private static final String USERNAME = "username";

    private final OwnPassword passwords;
    private final Supplier<Future<Boolean>> sendsMail;

    public ForgotPage(OwnPassword passwords, Supplier<Future<Boolean>> sendsMail) {
        this.sendsMail = sendsMail;
        this.passwords = passwords;
    }

    /** Where password managers find the form to change a password (W3C, "A Well-Known URL for Changing Passwords"). */
    public Future<Reply> change(Request call) {
        return Future.succeededFuture(Reply.to("/account"));
    }

    public Future<Reply> ask(Request call) {
        return Future.succeededFuture(Reply.page(ASK, Map.of(EMAIL, "")));
    }

    /** Answers the same whether or not a user has the address. */
    public Future<Reply> send(Request call, FormFields fields) {
        String email = fields.get(EMAIL);
        return passwords
                .forgot(email, call.clientAddress())
                .map(sent -> Reply.to("/forgot/sent"))
                .recover(Reply.again(ASK, Map.of(EMAIL, email)));
    }

    public Future<Reply> sent(Request call) {
        return sendsMail.get().map(sends -> Reply.page("forgot-sent", Map.of("sendsMail", sends)));
    }

    /** Returns the form, or the page of an expired link; without a link, the page that sends one. */
    public Future<Reply> choose(Request call) {
        String token = call.parameter(TOKEN);
        return token.isEmpty()
                ? Future.succeededFuture(Reply.page("reset-mailed"))
                : passwords
                        .resetting(token, call.clientAddress())
                        .map(name -> name.map(username -> Reply.page(CHOOSE, view(token, username)))
                                .orElseGet(ExpiredLinkPage::ofReset));
    }

    public Future<Reply> reset(Request call, FormFields fields) {
        String token = fields.get(TOKEN);
        return passwords
                .reset(new PasswordReset(
                        token,
                        fields.first("password", "new_password"),
                        fields.ticked("revoke_devices"),
                        call.clientAddress()))
                .map(reset -> Reply.to("/login").flash("password-reset"))
                .recover(failure -> ExpiredLinkPage.caused(failure)
                        ? Future.succeededFuture(ExpiredLinkPage.ofReset())
                        : Reply.again(CHOOSE, view(token, fields.get(USERNAME))).apply(failure));
    }

    /** @param username for password managers, which keep the new password under it */
    private static Map<String, String> view(String token, String username) {
        return Map.of(TOKEN, token, USERNAME, username);
    }
}
