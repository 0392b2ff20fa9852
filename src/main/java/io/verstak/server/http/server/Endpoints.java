package io.verstak.server.http.server;

import io.verstak.server.account.SessionIdentity;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.http.core.Bodies;
import io.verstak.server.http.core.BodyBudget;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Json;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Turns methods of resources into handlers: authenticate, read the body, call, write the answer. A device is
 * authenticated before its body is read.
 */
final class Endpoints {
    private final Authentication authentication;
    private final Bodies bodies;
    private final ClientAddress clientAddress;

    Endpoints(Authentication authentication, Bodies bodies, ClientAddress clientAddress) {
        this.authentication = authentication;
        this.bodies = bodies;
        this.clientAddress = clientAddress;
    }

    /** A call of anyone with a typed body. */
    interface Open<Q> {
        Future<?> answer(Request call, Q request);
    }

    /** A call of a device without a body. */
    interface Device {
        Future<?> answer(Request call, DeviceIdentity device);
    }

    /** A call of a device with a typed body. */
    interface DeviceBody<Q> {
        Future<?> answer(Request call, DeviceIdentity device, Q request);
    }

    /** A call of a device that is answered late or over a long time. */
    interface DeviceWait<Q> {
        /** @param identifyAgain authenticates the request again */
        Future<?> answer(
                Request call, DeviceIdentity device, Q request, Supplier<Future<DeviceIdentity>> identifyAgain);
    }

    /** An event stream of a device, which writes its own answer. */
    interface DeviceEvents {
        Future<Void> answer(
                RoutingContext context, DeviceIdentity device, Supplier<Future<DeviceIdentity>> identifyAgain);
    }

    /** A call of a signed-in user without a body. */
    interface User {
        Future<?> answer(Request call, SessionIdentity session);
    }

    /** A call of a signed-in user with a typed body. */
    interface UserBody<Q> {
        Future<?> answer(Request call, SessionIdentity session, Q request);
    }

    /** A call of a device that reads its own body from a paused request. */
    interface DeviceUpload {
        Future<?> answer(HttpServerRequest request, DeviceIdentity device);
    }

    /** The same, with a path parameter or a status. */
    interface DevicePut {
        Future<?> answer(Request call, HttpServerRequest request, DeviceIdentity device);
    }

    /** A call of a device that reads its own body and writes its own answer, from a paused request. */
    interface DeviceStream {
        Future<Void> answer(RoutingContext context, DeviceIdentity device);
    }

    Handler<RoutingContext> plain(Function<Request, Future<?>> resource) {
        return context -> respond(context, resource.apply(call(context, Buffer.buffer())));
    }

    <Q> Handler<RoutingContext> open(Class<Q> type, Open<Q> resource) {
        return context -> respond(context, withBody(context, bodies.stranger(context), type, resource));
    }

    Handler<RoutingContext> device(Device resource) {
        return context -> respond(
                context,
                authentication
                        .device(context)
                        .compose(device -> resource.answer(call(context, Buffer.buffer()), device)));
    }

    <Q> Handler<RoutingContext> device(Class<Q> type, DeviceBody<Q> resource) {
        return waiting(type, (call, device, request, identifyAgain) -> resource.answer(call, device, request));
    }

    <Q> Handler<RoutingContext> waiting(Class<Q> type, DeviceWait<Q> resource) {
        return context -> respond(
                context,
                authentication
                        .device(context)
                        .compose(device -> withBody(
                                context,
                                bodies.device(device.scope().userId()),
                                type,
                                (call, request) ->
                                        resource.answer(call, device, request, () -> authentication.device(context)))));
    }

    Handler<RoutingContext> events(DeviceEvents resource) {
        return context -> authentication
                .device(context)
                .compose(device -> resource.answer(context, device, () -> authentication.device(context)))
                .onFailure(context::fail);
    }

    Handler<RoutingContext> user(User resource) {
        return context -> respond(
                context,
                authentication
                        .user(context)
                        .compose(session -> resource.answer(call(context, Buffer.buffer()), session)));
    }

    <Q> Handler<RoutingContext> user(Class<Q> type, UserBody<Q> resource) {
        return context -> respond(
                context,
                authentication
                        .user(context)
                        .compose(session -> withBody(
                                context,
                                bodies.session(session.owner()),
                                type,
                                (call, request) -> resource.answer(call, session, request))));
    }

    Handler<RoutingContext> upload(DeviceUpload resource) {
        return put((call, request, device) -> resource.answer(request, device));
    }

    Handler<RoutingContext> put(DevicePut resource) {
        return context -> respond(
                context,
                authentication
                        .device(context)
                        .compose(device -> resource.answer(call(context, Buffer.buffer()), context.request(), device)));
    }

    Handler<RoutingContext> stream(DeviceStream resource) {
        return context -> authentication
                .device(context)
                .compose(device -> resource.answer(context, device))
                .onFailure(context::fail);
    }

    private <Q> Future<?> withBody(RoutingContext context, BodyBudget.Share share, Class<Q> type, Open<Q> resource) {
        return bodies.json(
                context,
                share,
                type,
                body -> resource.answer(call(context, body.bytes()).onBodyReleased(share::close), body.value())
                        .map(answer -> (Object) answer));
    }

    private Request call(RoutingContext context, Buffer body) {
        return new Request(context, body, clientAddress);
    }

    static void respond(RoutingContext context, Future<?> result) {
        result.onSuccess(answer -> write(context, answer)).onFailure(context::fail);
    }

    private static void write(RoutingContext context, Object answer) {
        Buffer body = answer instanceof Buffer json ? json : Json.write(answer);
        Answers.json(context, context.response().getStatusCode(), body);
    }
}
