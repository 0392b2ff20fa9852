package io.verstak.server.http;

import io.verstak.server.account.ClientAddress;
import io.verstak.server.account.SessionIdentity;
import io.verstak.server.domain.DeviceIdentity;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Turns the methods of the resources into handlers: find out who asks, read the body, call, write what comes back. A
 * device is known before its body is read.
 */
final class Endpoints {
    /** Reading a larger body than this takes long enough to be felt on an event loop. */
    private static final int LARGE_BODY_BYTES = 256 << 10;

    /** What all bodies of devices may take beside one of the largest size. */
    private static final int BESIDES_LARGEST_BYTES = 8 << 20;

    /** The same for callers that nobody knows yet: none of their calls needs a large body. */
    private static final int STRANGERS_BYTES = 4 << 20;

    private final Vertx vertx;
    private final Authentication authentication;
    private final JsonBody jsonBody;
    private final BodyBudget devices;
    private final BodyBudget strangers = new BodyBudget(() -> STRANGERS_BYTES, 0);
    private final ClientAddress clientAddress;

    Endpoints(Vertx vertx, Authentication authentication, IntSupplier maxJsonBody, ClientAddress clientAddress) {
        this.vertx = vertx;
        this.authentication = authentication;
        this.jsonBody = new JsonBody(maxJsonBody);
        this.devices =
                new BodyBudget(() -> largest(maxJsonBody.getAsInt()) + BESIDES_LARGEST_BYTES, BESIDES_LARGEST_BYTES);
        this.clientAddress = clientAddress;
    }

    /** A body of the largest size, in pieces as small as a slow line makes them. */
    private static long largest(int maxJsonBody) {
        return maxJsonBody + maxJsonBody / 16L;
    }

    /** A call that takes a typed body from anybody. */
    interface Open<Q> {
        Future<?> answer(Call call, Q request);
    }

    /** A call of a device that takes no body. */
    interface Device {
        Future<?> answer(Call call, DeviceIdentity device);
    }

    /** A call of a device that takes a typed body. */
    interface DeviceBody<Q> {
        Future<?> answer(Call call, DeviceIdentity device, Q request);
    }

    /** A call of a device that may be answered much later, or for a long time. */
    interface DeviceWait<Q> {
        /** @param identifyAgain finds out whose request it is, anew */
        Future<?> answer(Call call, DeviceIdentity device, Q request, Supplier<Future<DeviceIdentity>> identifyAgain);
    }

    /** A stream of events for a device, which answers by itself. */
    interface DeviceEvents {
        Future<Void> answer(
                RoutingContext context, DeviceIdentity device, Supplier<Future<DeviceIdentity>> identifyAgain);
    }

    /** A call of a signed-in user that takes no body. */
    interface User {
        Future<?> answer(Call call, SessionIdentity session);
    }

    /** A call of a signed-in user that takes a typed body. */
    interface UserBody<Q> {
        Future<?> answer(Call call, SessionIdentity session, Q request);
    }

    /** A page, which answers by itself. */
    interface Page {
        Future<Void> answer(RoutingContext context, Call call);
    }

    /** A page's form, which answers by itself. */
    interface Form {
        Future<Void> answer(RoutingContext context, Call call, FormFields fields);
    }

    /** A call of a device that reads its body by itself, from a paused request. */
    interface DeviceUpload {
        Future<?> answer(HttpServerRequest request, DeviceIdentity device);
    }

    /** The same, with a path or a status of its own. */
    interface DevicePut {
        Future<?> answer(Call call, HttpServerRequest request, DeviceIdentity device);
    }

    /** A call of a device that reads and answers by itself, from a paused request. */
    interface DeviceStream {
        Future<Void> answer(RoutingContext context, DeviceIdentity device);
    }

    Handler<RoutingContext> plain(Function<Call, Future<?>> resource) {
        return context -> respond(context, resource.apply(call(context, Buffer.buffer())));
    }

    <Q> Handler<RoutingContext> open(Class<Q> type, Open<Q> resource) {
        return context -> {
            String owner = context.request().remoteAddress().hostAddress();
            respond(context, withBody(context, strangers.share(owner), type, resource));
        };
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
                                devices.share(device.scope().userId()),
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
                                strangers.share(session.owner()),
                                type,
                                (call, request) -> resource.answer(call, session, request))));
    }

    Handler<RoutingContext> page(Page resource) {
        return context -> {
            Failures.answerWithPage(context);
            resource.answer(context, call(context, Buffer.buffer())).onFailure(context::fail);
        };
    }

    /** What takes JSON from a program takes the same as a form from a page. */
    Handler<RoutingContext> jsonOrForm(Handler<RoutingContext> json, Form form) {
        return context -> {
            if (!FormFields.announced(context.request())) {
                json.handle(context);
                return;
            }
            Failures.answerWithPage(context);
            BodyBudget.Share share =
                    strangers.share(context.request().remoteAddress().hostAddress());
            jsonBody.read(context.request(), share)
                    .compose(body -> form.answer(context, call(context, body), FormFields.parse(body)))
                    .onComplete(answered -> share.close())
                    .onFailure(context::fail);
        };
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
        return jsonBody.read(context.request(), share)
                .compose(body -> decode(call(context, body).onBodyReleased(share::close), type, resource))
                .onComplete(answered -> share.close());
    }

    private <Q> Future<Object> decode(Call call, Class<Q> type, Open<Q> resource) {
        Future<Q> request = call.body().length() > LARGE_BODY_BYTES
                ? vertx.executeBlocking(() -> Json.read(call.body(), type), false)
                : Future.succeededFuture(Json.read(call.body(), type));
        return request.compose(read -> resource.answer(call, read).map(answer -> answer));
    }

    private Call call(RoutingContext context, Buffer body) {
        return new Call(context, body, clientAddress);
    }

    private static void respond(RoutingContext context, Future<?> result) {
        result.onSuccess(answer -> write(context, answer)).onFailure(context::fail);
    }

    private static void write(RoutingContext context, Object answer) {
        Buffer body = answer instanceof Buffer json ? json : Json.write(answer);
        Answers.json(context, context.response().getStatusCode(), body);
    }
}
