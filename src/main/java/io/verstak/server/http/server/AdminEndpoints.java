package io.verstak.server.http.server;

import io.verstak.server.account.SessionIdentity;
import io.verstak.server.http.core.Bodies;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Turns methods of the administrators' JSON into handlers: 401 without a session; for a change, 403 {@code
 * csrf_invalid} unless the request comes from a page of this server and carries the header {@code X-CSRF-Token}.
 * Answers are never cached.
 */
final class AdminEndpoints {
    private final Authentication authentication;
    private final Bodies bodies;
    private final ClientAddress clientAddress;
    private final Csrf csrf;

    AdminEndpoints(Authentication authentication, Bodies bodies, ClientAddress clientAddress, Csrf csrf) {
        this.authentication = authentication;
        this.bodies = bodies;
        this.clientAddress = clientAddress;
        this.csrf = csrf;
    }

    /** A call without a body. */
    interface Plain {
        Future<?> answer(Request call, SessionIdentity administrator);
    }

    /** A call with a typed body. */
    interface WithBody<Q> {
        Future<?> answer(Request call, SessionIdentity administrator, Q request);
    }

    /** A call that takes a form, or JSON with the same names. */
    interface WithForm {
        Future<?> answer(Request call, SessionIdentity administrator, FormFields fields);
    }

    /** A call that writes its own answer. */
    interface Streaming {
        Future<Void> answer(RoutingContext context, SessionIdentity administrator);
    }

    Handler<RoutingContext> stream(Streaming resource) {
        return context -> checked(context)
                .compose(administrator -> {
                    call(context, Buffer.buffer());
                    return resource.answer(context, administrator);
                })
                .onFailure(context::fail);
    }

    Handler<RoutingContext> api(Plain resource) {
        return context -> Endpoints.respond(
                context,
                checked(context)
                        .compose(administrator ->
                                then(() -> resource.answer(call(context, Buffer.buffer()), administrator))));
    }

    /** An empty body reads as an object without members. */
    <Q> Handler<RoutingContext> api(Class<Q> type, WithBody<Q> resource) {
        return context -> Endpoints.respond(
                context,
                checked(context)
                        .compose(administrator -> bodies.jsonOrNothing(
                                context,
                                bodies.session(administrator.owner()),
                                type,
                                request -> then(() ->
                                        resource.answer(call(context, Buffer.buffer()), administrator, request)))));
    }

    Handler<RoutingContext> form(WithForm resource) {
        return context -> Endpoints.respond(
                context,
                checked(context)
                        .compose(administrator -> fields(
                                context,
                                administrator,
                                fields -> then(() ->
                                        resource.answer(call(context, Buffer.buffer()), administrator, fields)))));
    }

    /** Admits administrators; everyone else gets 401 for any path. */
    Handler<RoutingContext> onlyAdministrators() {
        return context -> authentication
                .administrator(context)
                .onSuccess(administrator -> context.next())
                .onFailure(context::fail);
    }

    private Future<Object> fields(
            RoutingContext context, SessionIdentity administrator, Function<FormFields, Future<Object>> next) {
        return FormFields.announced(context.request())
                ? bodies.form(context, bodies.session(administrator.owner()), next)
                : bodies.jsonOrNothing(
                        context,
                        bodies.session(administrator.owner()),
                        Map.class,
                        members -> next.apply(FormFields.of(members)));
    }

    private Future<SessionIdentity> checked(RoutingContext context) {
        return authentication.administrator(context).map(administrator -> {
            if (Authentication.changes(context)) {
                csrf.requireOwnPage(context);
                csrf.requireToken(context, "");
            }
            return administrator;
        });
    }

    private static Future<Object> then(Supplier<Future<?>> resource) {
        return resource.get().map(answer -> answer);
    }

    private Request call(RoutingContext context, Buffer body) {
        return new Request(context, body, clientAddress).noStore();
    }
}
