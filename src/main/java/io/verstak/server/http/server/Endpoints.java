package io.verstak.server.http.server;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Bodies;
import io.verstak.server.http.core.Bodies.Body;
import io.verstak.server.http.core.BodyLease;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Gzip;
import io.verstak.server.http.core.Json;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.RequestRecord;
import io.verstak.server.vault.VaultAccess;
import io.verstak.server.vault.VaultAccess.Grant;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Builds the handlers of the calls of programs: {@code endpoint.device().json(PushRequest.class).answer(sync::push)}. A
 * handler identifies the caller, then reads the body, then calls the method with the request, the caller and the body,
 * and writes what the method returns as JSON. A caller that cannot be identified gets 401 before its body is read.
 */
final class Endpoints {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private final Authentication authentication;
    private final Bodies bodies;
    private final ClientAddress addresses;
    private final Csrf csrf;

    Endpoints(Authentication authentication, Bodies bodies, ClientAddress addresses, Csrf csrf) {
        this.authentication = authentication;
        this.bodies = bodies;
        this.addresses = addresses;
        this.csrf = csrf;
    }

    /** The calls of everyone. */
    Anyone anyone() {
        return new Anyone(new Endpoint<>(Authentication::stranger, bodies::stranger));
    }

    /** The calls of a device with its token. */
    Endpoint<DeviceIdentity> device() {
        return new Endpoint<>(authentication::device, device -> bodies.device(device.userId()));
    }

    /** The calls of a device with its token that add something: a reader of a shared vault is refused with {@code READ_ONLY}. */
    Endpoint<DeviceIdentity> writer() {
        return new Endpoint<>(authentication::writer, device -> bodies.device(device.userId()));
    }

    /** Pushes and pulls of a device. */
    Endpoint<DeviceIdentity> deviceOfLog() {
        return new Endpoint<>(
                authentication::deviceOfLog, authentication::device, device -> bodies.device(device.userId()));
    }

    /** The calls of a device with its token, or a user with a session, about the vault that the path names. */
    Endpoint<Grant> vault(VaultAccess access) {
        return new Endpoint<>(
                context -> authentication.vault(context, access),
                vault -> bodies.device(vault.scope().userId()));
    }

    /** The calls of a user with a session. */
    Endpoint<SessionIdentity> user() {
        return new Endpoint<>(
                context -> authentication.user(context).compose(Authentication::requireEnrolled),
                session -> bodies.session(session.owner()));
    }

    /**
     * The calls of an administrator with a session. A change is refused with {@code CSRF_INVALID} unless a page of this
     * server sent it with the header {@code X-CSRF-Token}. Answers are never cached.
     */
    Endpoint<SessionIdentity> administrator() {
        return new Endpoint<>(this::administrator, session -> bodies.session(session.owner()));
    }

    /** Admits administrators; everyone else gets 401 for any path. */
    Handler<RoutingContext> onlyAdministrators() {
        return context -> authentication
                .administrator(context)
                .onSuccess(administrator -> context.next())
                .onFailure(context::fail);
    }

    private Future<SessionIdentity> administrator(RoutingContext context) {
        return authentication
                .administrator(context)
                .compose(Authentication::requireEnrolled)
                .map(administrator -> {
                    if (Authentication.changes(context)) {
                        csrf.requireOwnPage(context);
                        csrf.requireToken(context, "");
                    }
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                    return administrator;
                });
    }

    /** The calls of one kind of caller. */
    final class Endpoint<I> {
        private final Function<RoutingContext, Future<I>> identify;
        private final Function<RoutingContext, Future<I>> identifyRefused;
        private final Function<I, BodyLease> share;

        private Endpoint(Function<RoutingContext, Future<I>> identify, Function<I, BodyLease> share) {
            this(identify, identify, share);
        }

        /** @param identifyRefused asked once more when the body is refused, if {@code identify} leaves something to be asked with it */
        private Endpoint(
                Function<RoutingContext, Future<I>> identify,
                Function<RoutingContext, Future<I>> identifyRefused,
                Function<I, BodyLease> share) {
            this.identify = identify;
            this.identifyRefused = identifyRefused;
            this.share = share;
        }

        /** Calls a method that takes no body, or reads it from the paused request. */
        Handler<RoutingContext> answer(BiFunction<Request, I, Future<?>> method) {
            return context ->
                    respond(context, identify.apply(context).compose(caller -> method.apply(request(context), caller)));
        }

        /** Calls a method that writes its own answer, and may read the body from the paused request. */
        Handler<RoutingContext> stream(BiFunction<Request, I, Future<Void>> method) {
            return context -> {
                RequestRecord.of(context).untimed();
                identify.apply(context)
                        .compose(caller -> method.apply(request(context), caller))
                        .onFailure(context::fail);
            };
        }

        /** Reads a JSON body. */
        <Q> WithBody<I, Q> json(Class<Q> type) {
            return new WithBody<>(this, (context, share) -> bodies.json(context, share, type));
        }

        /** Reads a JSON body; an empty body is an object without members. */
        <Q> WithBody<I, Q> optionalJson(Class<Q> type) {
            return new WithBody<>(this, (context, share) -> bodies.jsonOrNothing(context, share, type));
        }

        /** Reads a form, or a JSON object with the same names. */
        WithBody<I, FormFields> form() {
            return new WithBody<>(this, bodies::formOrJson);
        }
    }

    /** The calls of one kind of caller with one kind of body. */
    final class WithBody<I, B> {
        private final Endpoint<I> endpoint;
        private final BiFunction<RoutingContext, BodyLease, Future<Body<B>>> reader;

        private WithBody(Endpoint<I> endpoint, BiFunction<RoutingContext, BodyLease, Future<Body<B>>> reader) {
            this.endpoint = endpoint;
            this.reader = reader;
        }

        /** Calls a method with the body. */
        Handler<RoutingContext> answer(Resource<I, B, Future<?>> method) {
            return context -> respond(
                    context,
                    endpoint.identify
                            .apply(context)
                            .compose(caller ->
                                    answer(context, caller, method).recover(failure -> refuse(context, failure))));
        }

        /** Whoever has lost access learns that, and not what is wrong with the request. */
        private Future<Object> refuse(RoutingContext context, Throwable failure) {
            boolean about = failure instanceof ServerException refusal && refusal.code() == ErrorCode.INVALID_REQUEST;
            if (!about || endpoint.identify == endpoint.identifyRefused) {
                return Future.failedFuture(failure);
            }
            return endpoint.identifyRefused
                    .apply(context)
                    .transform(again -> Future.failedFuture(
                            again.cause() instanceof ServerException lost
                                            && (lost.code() == ErrorCode.UNAUTHORIZED
                                                    || lost.code() == ErrorCode.FORBIDDEN)
                                    ? lost
                                    : failure));
        }

        private Future<Object> answer(RoutingContext context, I caller, Resource<I, B, Future<?>> method) {
            BodyLease share = endpoint.share.apply(caller);
            return reader.apply(context, share)
                    .compose(body -> method.answer(
                                    new Request(context, body.bytes(), addresses).onBodyReleased(share::close),
                                    caller,
                                    body.value())
                            .map(answer -> (Object) answer))
                    .onComplete(answered -> share.close());
        }
    }

    /** The calls of everyone: a method gets no caller. */
    record Anyone(Endpoint<String> strangers) {
        Handler<RoutingContext> answer(Function<Request, Future<?>> method) {
            return strangers.answer((call, address) -> method.apply(call));
        }

        <Q> AnyoneWithBody<Q> json(Class<Q> type) {
            return new AnyoneWithBody<>(strangers.json(type));
        }
    }

    /** The calls of everyone with one kind of body. */
    record AnyoneWithBody<B>(WithBody<String, B> strangers) {
        Handler<RoutingContext> answer(BiFunction<Request, B, Future<?>> method) {
            return strangers.answer((call, address, body) -> method.apply(call, body));
        }
    }

    private Request request(RoutingContext context) {
        return new Request(context, Buffer.buffer(), addresses);
    }

    private static void respond(RoutingContext context, Future<?> result) {
        result.onSuccess(answer -> write(context, answer)).onFailure(context::fail);
    }

    private static void write(RoutingContext context, Object answer) {
        end(context, context.response().getStatusCode(), answer instanceof Buffer json ? json : Json.write(answer));
    }

    /** Ends the response with a JSON body. */
    static void end(RoutingContext context, int status, Buffer json) {
        context.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        Gzip.end(context, json);
    }
}
