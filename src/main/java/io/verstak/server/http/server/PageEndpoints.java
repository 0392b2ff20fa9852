package io.verstak.server.http.server;

import io.verstak.server.account.StepUp;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.SessionIdentity.Person;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Bodies;
import io.verstak.server.http.core.BodyLease;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.RequestRecord;
import io.verstak.server.http.web.Reply;
import io.verstak.server.http.web.SentForm;
import io.verstak.server.http.web.Views;
import io.verstak.server.http.web.security.AdminSignInPage;
import io.verstak.server.http.web.security.SecondFactorPage;
import io.verstak.server.http.web.security.SignInPage;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Builds the handlers of the pages: {@code page.user().form(dashboard::rename)}. A caller without the session that the
 * page needs is redirected to the page to sign in. A form is refused with {@code CSRF_INVALID} unless a page of this
 * server sent it. Every failure is answered with a page.
 */
final class PageEndpoints {
    private final Authentication authentication;
    private final Bodies bodies;
    private final ClientAddress addresses;
    private final Csrf csrf;
    private final Views views;
    private final StepUp stepUp;
    private final Supplier<Future<Long>> unsentMails;

    PageEndpoints(
            Authentication authentication,
            Bodies bodies,
            ClientAddress addresses,
            Csrf csrf,
            Views views,
            StepUp stepUp,
            Supplier<Future<Long>> unsentMails) {
        this.authentication = authentication;
        this.bodies = bodies;
        this.addresses = addresses;
        this.csrf = csrf;
        this.views = views;
        this.stepUp = stepUp;
        this.unsentMails = unsentMails;
    }

    /** Pages for everyone. */
    Anyone anyone() {
        return new Anyone(new Pages<>(
                Authentication::stranger, bodies::stranger, "", (stranger, reply) -> Future.succeededFuture(reply)));
    }

    /** Pages for signed-in users. Who must set up a second factor first is redirected there. */
    Pages<SessionIdentity> user() {
        return users(context -> authentication.visitor(context).compose(Authentication::requireEnrolled));
    }

    /** Pages for signed-in users, even those who must set up a second factor first. */
    Pages<SessionIdentity> enrollingUser() {
        return users(authentication::visitor);
    }

    private Pages<SessionIdentity> users(Function<RoutingContext, Future<SessionIdentity>> identify) {
        return new Pages<>(identify, session -> bodies.session(session.owner()), SignInPage.PATH, this::withPerson);
    }

    /**
     * Pages for signed-in administrators. Each shows how many mails are unsent. Who must set up a second factor first is redirected
     * there.
     */
    Pages<SessionIdentity> administrator() {
        return administrators(
                context -> authentication.administrator(context).compose(Authentication::requireEnrolled));
    }

    /** Pages for signed-in administrators, even those who must set up a second factor first. */
    Pages<SessionIdentity> enrollingAdministrator() {
        return administrators(authentication::administrator);
    }

    private Pages<SessionIdentity> administrators(Function<RoutingContext, Future<SessionIdentity>> identify) {
        return new Pages<>(
                identify,
                session -> bodies.session(session.owner()),
                AdminSignInPage.PATH,
                (session, reply) -> withUnsentMails(reply).compose(counted -> withPerson(session, counted)));
    }

    /** Admits administrators; everyone else is redirected to the page to sign in, for any path. */
    Handler<RoutingContext> onlyAdministrators() {
        return context -> authentication
                .administrator(context)
                .onSuccess(administrator -> context.next())
                .onFailure(failure ->
                        show(context, signIn(context, AdminSignInPage.PATH).apply(failure)));
    }

    /** The pages for one kind of reader. */
    final class Pages<I> {
        private final Function<RoutingContext, Future<I>> identify;
        private final Function<I, BodyLease> share;
        private final String login;
        private final BiFunction<I, Reply, Future<Reply>> complete;

        private Pages(
                Function<RoutingContext, Future<I>> identify,
                Function<I, BodyLease> share,
                String login,
                BiFunction<I, Reply, Future<Reply>> complete) {
            this.identify = identify;
            this.share = share;
            this.login = login;
            this.complete = complete;
        }

        /** Shows a page. */
        Handler<RoutingContext> show(BiFunction<Request, I, Future<Reply>> page) {
            return context -> {
                Request call = begin(context);
                PageEndpoints.this.show(
                        context,
                        identify.apply(context)
                                .compose(
                                        reader -> page.apply(call, reader)
                                                .compose(reply -> complete.apply(reader, reply)),
                                        signIn(context, login)));
            };
        }

        /** Takes a form. */
        Handler<RoutingContext> form(Resource<I, FormFields, Future<Reply>> page) {
            return context -> {
                Request call = begin(context);
                csrf.requireOwnPage(context);
                PageEndpoints.this.show(
                        context,
                        identify.apply(context)
                                .compose(reader -> form(context, call, reader, page), signIn(context, login)));
            };
        }

        private Future<Reply> form(
                RoutingContext context, Request call, I reader, Resource<I, FormFields, Future<Reply>> page) {
            BodyLease share = this.share.apply(reader);
            return bodies.form(context, share)
                    .compose(form -> {
                        csrf.requireToken(context, form.value().get(Csrf.FIELD));
                        SentForm.keep(context, form.value());
                        return page.answer(call, reader, form.value());
                    })
                    .onComplete(answered -> share.close())
                    .compose(reply -> complete.apply(reader, reply));
        }

        /** Takes a form whose body is a file: its fields stand in its address. */
        Handler<RoutingContext> file(BiFunction<Request, I, Future<Reply>> page) {
            return context -> {
                Request call = begin(context);
                RequestRecord.of(context).untimed();
                csrf.requireOwnPage(context);
                csrf.requireToken(context, call.parameter(Csrf.FIELD));
                show(page).handle(context);
            };
        }

        /** Calls a method that writes its own answer, such as a download. */
        Handler<RoutingContext> stream(BiFunction<Request, I, Future<Void>> method) {
            return context -> {
                Request call = begin(context);
                RequestRecord.of(context).untimed();
                identify.apply(context)
                        .compose(
                                reader -> method.apply(call, reader),
                                failure -> signIn(context, login)
                                        .apply(failure)
                                        .compose(reply -> views.answer(context, reply)))
                        .onFailure(context::fail);
            };
        }
    }

    /** Pages for everyone: a method gets no reader. */
    record Anyone(Pages<String> strangers) {
        Handler<RoutingContext> show(Function<Request, Future<Reply>> page) {
            return strangers.show((call, address) -> page.apply(call));
        }

        Handler<RoutingContext> form(BiFunction<Request, FormFields, Future<Reply>> page) {
            return strangers.form((call, address, fields) -> page.apply(call, fields));
        }

        /** Takes a form from a page; passes any other body to the other handler. */
        Handler<RoutingContext> formOr(
                Handler<RoutingContext> json, BiFunction<Request, FormFields, Future<Reply>> page) {
            Handler<RoutingContext> form = form(page);
            return context -> (FormFields.announced(context.request()) ? form : json).handle(context);
        }
    }

    /** Tells a page who is signed in, and what its forms have to ask for. */
    private Future<Reply> withPerson(SessionIdentity session, Reply reply) {
        return reply.location().isEmpty()
                ? stepUp.person(session).otherwise(unknown(session)).map(reply::person)
                : Future.succeededFuture(reply);
    }

    /** The person while the database cannot be read. */
    private static Person unknown(SessionIdentity session) {
        return new Person(session.owner(), session.administrator(), false, true, false, false, false);
    }

    private Future<Reply> withUnsentMails(Reply reply) {
        return reply.location().isEmpty()
                ? unsentMails.get().otherwise(0L).map(reply::unsentMails)
                : Future.succeededFuture(reply);
    }

    /**
     * Redirects to the page to sign in, and from there back to the page that was requested; or to the page that sets up a second factor.
     */
    private static Function<Throwable, Future<Reply>> signIn(RoutingContext context, String login) {
        return failure -> {
            if (Message.SECOND_FACTOR_REQUIRED.isReasonOf(failure)) {
                return Future.succeededFuture(Reply.to(
                        login.equals(SignInPage.PATH) ? SecondFactorPage.USER : SecondFactorPage.ADMINISTRATOR));
            }
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
        return new Request(context, Buffer.buffer(), addresses);
    }

    private void show(RoutingContext context, Future<Reply> reply) {
        reply.compose(answer -> views.answer(context, answer)).onFailure(context::fail);
    }
}
