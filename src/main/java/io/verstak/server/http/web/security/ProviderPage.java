package io.verstak.server.http.web.security;

import io.netty.handler.codec.http.QueryStringEncoder;
import io.verstak.server.account.provider.Identities;
import io.verstak.server.account.provider.Identities.Answer;
import io.verstak.server.account.provider.Identities.Begin;
import io.verstak.server.account.provider.Identities.Completed;
import io.verstak.server.account.provider.Identities.NewAccount;
import io.verstak.server.account.provider.Identities.Purpose;
import io.verstak.server.account.provider.Identities.Redirect;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Sends people to providers, and takes them in when they come back. */
public final class ProviderPage {
    private static final String IDENTITIES = "/account/identities";
    private static final String NAME = "security/provider-name";
    private static final int MAX_NEXT = 512;

    /** Refusals that another name mends. */
    private static final Set<Message> OF_NAME = EnumSet.of(Message.USERNAME_TAKEN, Message.USERNAME_NOT_ALLOWED);

    private final Identities identities;
    private final SignInPage pages;

    /** A page that goes on by itself to another address. */
    public record Onward(String address) {}

    /**
     * A newcomer's choice of a name.
     *
     * @param username the content of its field
     */
    public record Name(NewAccount account, String username) {}

    /** A failed sign-in, and the path to begin it again. */
    public record Failed(String path) {}

    /** @param pages go on after the first step of a sign-in */
    public ProviderPage(Identities identities, SignInPage pages) {
        this.identities = identities;
        this.pages = pages;
    }

    /** Redirects to the provider. Opening this address twice, or in advance, changes nothing but the cookie. */
    public Future<Reply> begin(Request call) {
        String next = call.parameter("next");
        return identities
                .begin(Begin.signIn(
                        call.pathParameter("id"), next.length() <= MAX_NEXT ? next : "", call.parameter("invite")))
                .map(redirect -> Reply.toProvider(redirect.url()).cookie(Cookies.PROVIDER, redirect.attempt()))
                .recover(Reply.again("security/provider-failed", new Failed("/login")));
    }

    /** Takes the provider's answer. The cookie is used up, whatever comes of it, unless the answer is handed on. */
    public Future<Reply> complete(Request call) {
        String token = call.cookie(Cookies.USER_SESSION);
        return identities
                .complete(answer(call, token), SignInPage.client(call))
                .compose(completed -> completed.purpose().confirms()
                        ? Future.succeededFuture(onward(toConfirmation(call, completed)))
                        : done(call, completed)
                                .map(ProviderPage::onward)
                                .map(reply -> reply.cookie(Cookies.PROVIDER, "")))
                .recover(failure -> Reply.again(
                                "security/provider-failed", new Failed(token.isEmpty() ? "/login" : IDENTITIES))
                        .apply(failure)
                        .map(reply -> reply.cookie(Cookies.PROVIDER, "")));
    }

    /** Makes the account of a newcomer who has chosen a name. */
    public Future<Reply> register(Request call, FormFields fields) {
        String sealed = fields.get("account");
        String username = fields.get("username");
        return identities
                .register(sealed, username, SignInPage.client(call))
                .compose(completed -> done(call, completed))
                .map(ProviderPage::onward)
                .recover(failure -> ofName(failure)
                        ? identities
                                .newAccount(sealed)
                                .compose(account -> Reply.again(NAME, new Name(account, username))
                                        .apply(failure))
                        : Future.failedFuture(failure))
                .recover(Reply.again("security/provider-failed", new Failed("/login")));
    }

    private static boolean ofName(Throwable failure) {
        return failure instanceof ServerException refusal
                && refusal.message().filter(OF_NAME::contains).isPresent();
    }

    /** Redirects to the page to sign in: the page with this form is a provider's answer. */
    public Future<Reply> toSignIn(Request call) {
        return Future.succeededFuture(Reply.to(SignInPage.PATH));
    }

    private Future<Reply> done(Request call, Completed completed) {
        if (completed.newAccount().isPresent()) {
            NewAccount account = completed.newAccount().get();
            return Future.succeededFuture(Reply.page(NAME, new Name(account, account.username())));
        }
        return completed
                .signedIn()
                .map(signedIn -> pages.done(call, signedIn, completed.next()))
                .orElseGet(() -> Future.succeededFuture(Reply.to(IDENTITIES).flash("identity-joined")));
    }

    /** Returns what the browser brings back from a provider. */
    static Answer answer(Request call, String userToken) {
        return new Answer(
                call.pathParameter("id"),
                call.parameter("state"),
                call.parameter("code"),
                call.parameter("error"),
                call.parameter("iss"),
                call.cookie(Cookies.PROVIDER),
                userToken);
    }

    /** Hands an answer on to the page that knows the session which it is to confirm. */
    private static Reply toConfirmation(Request call, Completed completed) {
        String realm = completed.purpose() == Purpose.CONFIRM_ADMINISTRATOR ? "/admin" : "";
        QueryStringEncoder there = new QueryStringEncoder(realm + "/confirm/provider/" + call.pathParameter("id"));
        for (String name : List.of("state", "code", "error", "iss")) {
            there.addParam(name, call.parameter(name));
        }
        there.addParam("next", completed.next());
        return Reply.to(there.toString());
    }

    /**
     * Browsers keep the administrator's cookie to themselves in a redirect that another site has begun, but not when a page of this one
     * goes on.
     */
    private static Reply onward(Reply there) {
        if (!there.location().startsWith("/admin")) {
            return there;
        }
        Reply page = Reply.page("security/provider-next", new Onward(there.location()));
        for (Reply.SetCookie cookie : there.cookies()) {
            page = page.cookie(cookie.name(), cookie.value());
        }
        return page;
    }

    /** Goes on to the provider after a form: browsers refuse to be redirected to another host then. */
    static Reply leave(Redirect redirect) {
        return Reply.page("security/provider-next", new Onward(redirect.url()))
                .cookie(Cookies.PROVIDER, redirect.attempt());
    }
}
