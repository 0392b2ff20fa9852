package io.verstak.server.http.server;

import io.verstak.server.account.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Bodies;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.http.web.Views;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Turns the methods of the pages into handlers. A page without the session that it takes leads to the page to sign in; a form
 * is refused with {@code CSRF_INVALID} unless a page of this server sent it. Whatever fails is answered with a page.
 */
final class PageEndpoints {
    private final Authentication authentication;
    private final Bodies bodies;
    private final ClientAddress clientAddress;
    private final Csrf csrf;
    private final Views views;
    private final Supplier<Future<Long>> unsentMails;

    PageEndpoints(
            Authentication authentication,
            Bodies bodies,
            ClientAddress clientAddress,
            Csrf csrf,
            Views views,
            Supplier<Future<Long>> unsentMails) {
        this.authentication = authentication;
        this.bodies = bodies;
        this.clientAddress = clientAddress;
        this.csrf = csrf;
        this.views = views;
        this.unsentMails = unsentMails;
    }

    /** A page for anybody. */
    interface Page {
        Future<Reply> answer(Request call);
    }

    /** A form for anybody. */
    interface Form {
        Future<Reply> answer(Request call, FormFields fields);
    }

    /** A page for somebody who has signed in. */
    interface SessionPage {
        Future<Reply> answer(Request call, SessionIdentity session);
    }

    /** A form for somebody who has signed in. */
    interface SessionForm {
        Future<Reply> answer(Request call, SessionIdentity session, FormFields fields);
    }

    /** What writes its answer by itself, such as a download, for somebody who has signed in. */
    interface SessionStream {
        Future<Void> answer(RoutingContext context, Request call, SessionIdentity session);
    }

    private interface Who extends Function<RoutingContext, Future<SessionIdentity>> {}

    Handler<RoutingContext> page(Page page) {
        return context -> show(context, page.answer(begin(context)));
    }

    Handler<RoutingContext> form(Form form) {
        return context -> {
            Request call = begin(context);
            csrf.requireOwnPage(context);
            show(context, bodies.form(context, bodies.stranger(context), fields -> {
                csrf.requireToken(context, fields.get(Csrf.FIELD));
                return form.answer(call, fields);
            }));
        };
    }

    /** What takes JSON from a program takes the same as a form from a page. */
    Handler<RoutingContext> jsonOrForm(Handler<RoutingContext> json, Form form) {
        Handler<RoutingContext> pageForm = form(form);
        return context -> (FormFields.announced(context.request()) ? pageForm : json).handle(context);
    }

    Handler<RoutingContext> userPage(SessionPage page) {
        return page(authentication::visitor, "/login", page);
    }

    Handler<RoutingContext> userForm(SessionForm form) {
        return form(authentication::visitor, "/login", form);
    }

    Handler<RoutingContext> userStream(SessionStream stream) {
        return stream(authentication::visitor, "/login", stream);
    }

    Handler<RoutingContext> adminPage(SessionPage page) {
        return page(
                authentication::administrator,
                "/admin/login",
                (call, session) -> page.answer(call, session).compose(this::withUnsentMails));
    }

    Handler<RoutingContext> adminForm(SessionForm form) {
        return form(
                authentication::administrator,
                "/admin/login",
                (call, session, fields) -> form.answer(call, session, fields).compose(this::withUnsentMails));
    }

    Handler<RoutingContext> adminStream(SessionStream stream) {
        return stream(authentication::administrator, "/admin/login", stream);
    }

    /** Passes administrators on, and leads others to sign in. */
    Handler<RoutingContext> onlyAdministrators() {
        return context -> authentication
                .administrator(context)
                .onSuccess(administrator -> context.next())
                .onFailure(
                        failure -> show(context, signIn(context, "/admin/login").apply(failure)));
    }

    private Handler<RoutingContext> page(Who who, String login, SessionPage page) {
        return context -> {
            Request call = begin(context);
            show(context, who.apply(context).compose(session -> page.answer(call, session), signIn(context, login)));
        };
    }

    private Handler<RoutingContext> form(Who who, String login, SessionForm form) {
        return context -> {
            Request call = begin(context);
            csrf.requireOwnPage(context);
            show(
                    context,
                    who.apply(context)
                            .compose(
                                    session -> bodies.form(context, bodies.session(session.owner()), fields -> {
                                        csrf.requireToken(context, fields.get(Csrf.FIELD));
                                        return form.answer(call, session, fields);
                                    }),
                                    signIn(context, login)));
        };
    }

    private Handler<RoutingContext> stream(Who who, String login, SessionStream stream) {
        return context -> {
            Request call = begin(context);
            who.apply(context)
                    .compose(
                            session -> stream.answer(context, call, session),
                            failure -> signIn(context, login)
                                    .apply(failure)
                                    .compose(reply -> views.answer(context, reply)))
                    .onFailure(context::fail);
        };
    }

    /** Every page of administrators says how many mails wait for them. */
    private Future<Reply> withUnsentMails(Reply reply) {
        return reply.location().isEmpty()
                ? unsentMails.get().otherwise(0L).map(reply::unsentMails)
                : Future.succeededFuture(reply);
    }

    /** Leads who is not signed in to where that is done, and from there back, if it was a page that was asked for. */
    private static Function<Throwable, Future<Reply>> signIn(RoutingContext context, String login) {
        return failure -> {
            if (!(failure instanceof ServerException refusal) || refusal.code() != ErrorCode.UNAUTHORIZED) {
                return Future.failedFuture(failure);
            }
            String next = Authentication.changes(context)
                    ? ""
                    : "?next=" + URLEncoder.encode(context.request().uri(), StandardCharsets.UTF_8);
            return Future.succeededFuture(Reply.to(login + next));
        };
    }

    private Request begin(RoutingContext context) {
        Failures.answerWithPage(context);
        return new Request(context, Buffer.buffer(), clientAddress);
    }

    private void show(RoutingContext context, Future<Reply> reply) {
        reply.compose(answer -> views.answer(context, answer)).onFailure(context::fail);
    }
}
