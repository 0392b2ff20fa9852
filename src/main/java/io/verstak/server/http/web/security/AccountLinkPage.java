package io.verstak.server.http.web.security;

import io.netty.handler.codec.http.QueryStringEncoder;
import io.verstak.server.account.AccountDeletion;
import io.verstak.server.account.OwnAccount;
import io.verstak.server.account.Registration;
import io.verstak.server.account.Registration.Awaiting;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.domain.listing.BrowserName;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.ExpiredLinkPage;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.Map;

/**
 * The pages that mails about an account link to: the confirmation, a new address, and cancelling a deletion. Mail scanners
 * follow links, so only the button acts; no sign-in is required from the holder of the mail.
 */
public final class AccountLinkPage {
    private static final String TEMPLATE = "account-link";
    private static final String TOKEN = "token";

    /** Filled in where the person signs in next. */
    private static final String USERNAME = "username";

    /** Shows the recovery codes of a new account. */
    private static final String PASSKEYS = "/account/passkeys";

    private final Registration registration;
    private final OwnAccount account;
    private final AccountDeletion deletion;
    private final OneTimeSecrets secrets;

    /**
     * A question, its answer, and where the answer is sent.
     *
     * @param text the common prefix of the messages, such as {@code account.keep.}
     */
    public record View(String text, String action, String token) {}

    /** The content of the page that creates an account's first passkey. */
    public record PasskeyView(String token, String username, String request) {}

    public AccountLinkPage(
            Registration registration, OwnAccount account, AccountDeletion deletion, OneTimeSecrets secrets) {
        this.registration = registration;
        this.account = account;
        this.deletion = deletion;
        this.secrets = secrets;
    }

    /** Returns the page with the button; 400 when the token would be refused. */
    public Future<Reply> ask(Request call) {
        String token = call.parameter(TOKEN);
        return registration
                .awaiting(token, call.clientAddress())
                .map(found -> found.map(account -> confirmation(token, account)).orElseGet(ExpiredLinkPage::ofAccount));
    }

    private static Reply confirmation(String token, Awaiting account) {
        return account.request().isEmpty()
                ? Reply.page("confirm", Map.of(TOKEN, token, USERNAME, account.username()))
                : Reply.page("confirm-passkey", new PasskeyView(token, account.username(), account.request()));
    }

    /** Confirms the address of an account without a password by its first passkey, signs in, and shows the recovery codes. */
    public Future<Reply> join(Request call, FormFields fields) {
        String token = fields.get(TOKEN);
        Client client = SignInPage.client(call);
        return registration
                .join(token, fields.get("credential"), Passkeys.name(BrowserName.of(client.userAgent())), client)
                .map(joined -> secrets.pass(joined.session(), PASSKEYS, String.join("\n", joined.recoveryCodes()))
                        .cookie(Cookies.USER_SESSION, joined.signedIn().token())
                        .flash("passkey-registered"))
                .recover(failure ->
                        failure instanceof ServerException refusal && refusal.code() != ErrorCode.INTERNAL_ERROR
                                ? registration
                                        .awaiting(token, call.clientAddress())
                                        .map(found -> found.map(account -> confirmation(token, account)
                                                        .error(refusal))
                                                .orElseGet(ExpiredLinkPage::ofAccount))
                                : Future.failedFuture(failure));
    }

    /** Redirects to the page that has this form: it was opened by its address. */
    public Future<Reply> toSignIn(Request call) {
        return Future.succeededFuture(Reply.to("/login"));
    }

    /** Confirms the address of an account that was to have a passkey; the owner chooses a password by a mailed link then. */
    public Future<Reply> confirmWithoutPasskey(Request call, FormFields fields) {
        return registration
                .confirm(fields.get(TOKEN), call.clientAddress())
                .map(confirmed -> Reply.to("/forgot"))
                .recover(Reply.expired(ExpiredLinkPage::ofAccount));
    }

    public Future<Reply> confirm(Request call, FormFields fields) {
        return registration
                .confirm(fields.get(TOKEN), call.clientAddress())
                .map(confirmed -> Reply.to(confirmed(fields.get(USERNAME))))
                .recover(Reply.expired(ExpiredLinkPage::ofAccount));
    }

    private static String confirmed(String username) {
        QueryStringEncoder page = new QueryStringEncoder("/confirmed");
        if (!username.isEmpty()) {
            page.addParam(USERNAME, username);
        }
        return page.toString();
    }

    public Future<Reply> confirmed(Request call) {
        return Future.succeededFuture(Reply.page("confirmed", Map.of(USERNAME, call.parameter(USERNAME))));
    }

    public Future<Reply> askEmail(Request call) {
        String token = call.parameter(TOKEN);
        return account.canConfirmEmail(token, call.clientAddress())
                .map(can -> can ? email(token) : ExpiredLinkPage.ofAccount());
    }

    public Future<Reply> confirmEmail(Request call, FormFields fields) {
        String token = fields.get(TOKEN);
        return account.confirmEmail(token, call.clientAddress())
                .map(changed -> Reply.to("/account/email/done"))
                .recover(failure -> failure instanceof ServerException taken && taken.code() == ErrorCode.CONFLICT
                        ? Future.succeededFuture(email(token).error(taken))
                        : Future.failedFuture(failure))
                .recover(Reply.expired(ExpiredLinkPage::ofAccount));
    }

    public Future<Reply> emailDone(Request call) {
        return Future.succeededFuture(Reply.page(TEMPLATE, new View("account.email.done.", "", "")));
    }

    public Future<Reply> askKeep(Request call) {
        String token = call.parameter(TOKEN);
        return deletion.canKeep(token, call.clientAddress())
                .map(can -> can
                        ? Reply.page(TEMPLATE, new View("account.keep.", "/account/keep", token))
                        : ExpiredLinkPage.ofAccount());
    }

    public Future<Reply> keep(Request call, FormFields fields) {
        return deletion.keepBy(fields.get(TOKEN), call.clientAddress())
                .map(kept -> Reply.to("/account/kept"))
                .recover(Reply.expired(ExpiredLinkPage::ofAccount));
    }

    public Future<Reply> kept(Request call) {
        return Future.succeededFuture(Reply.page(TEMPLATE, new View("account.kept.", "", "")));
    }

    private static Reply email(String token) {
        return Reply.page(TEMPLATE, new View("account.email.confirm.", "/account/email/confirm", token));
    }
}
