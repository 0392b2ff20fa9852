package io.verstak.server.http;

import io.verstak.server.account.ClientAddress;
import io.verstak.server.account.DeviceActivity;
import io.verstak.server.account.DeviceTokens;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;

/**
 * Turns the methods of the resources into handlers: find out who asks, read the body, call, write what comes back. A
 * device is known before its body is read.
 */
final class Endpoints {
    private static final String SCHEME = "Bearer ";
    /** Reading a larger body than this takes long enough to be felt on an event loop. */
    private static final int LARGE_BODY_BYTES = 256 << 10;

    /** What all bodies of devices may take beside one of the largest size. */
    private static final int BESIDES_LARGEST_BYTES = 8 << 20;

    /** The same for callers that nobody knows yet: none of their calls needs a large body. */
    private static final int STRANGERS_BYTES = 4 << 20;

    private final Vertx vertx;
    private final DeviceTokens tokens;
    private final DeviceActivity activity;
    private final JsonBody jsonBody;
    private final BodyBudget devices;
    private final BodyBudget strangers = new BodyBudget(STRANGERS_BYTES);
    private final ClientAddress clientAddress;

    Endpoints(Vertx vertx, DeviceTokens tokens, DeviceActivity activity, int maxJsonBody, ClientAddress clientAddress) {
        this.vertx = vertx;
        this.tokens = tokens;
        this.activity = activity;
        this.jsonBody = new JsonBody(maxJsonBody);
        this.devices = new BodyBudget((long) maxJsonBody + BESIDES_LARGEST_BYTES);
        this.clientAddress = clientAddress;
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

    /** A call of a device that reads its body by itself, from a paused request. */
    interface DeviceUpload {
        Future<?> answer(HttpServerRequest request, DeviceIdentity device);
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
                authenticate(context).compose(device -> resource.answer(call(context, Buffer.buffer()), device)));
    }

    <Q> Handler<RoutingContext> device(Class<Q> type, DeviceBody<Q> resource) {
        return context -> respond(
                context,
                authenticate(context)
                        .compose(device -> withBody(
                                context,
                                devices.share(device.deviceId()),
                                type,
                                (call, request) -> resource.answer(call, device, request))));
    }

    Handler<RoutingContext> upload(DeviceUpload resource) {
        return context ->
                respond(context, authenticate(context).compose(device -> resource.answer(context.request(), device)));
    }

    Handler<RoutingContext> stream(DeviceStream resource) {
        return context -> authenticate(context)
                .compose(device -> resource.answer(context, device))
                .onFailure(context::fail);
    }

    /** {@code Authorization: Bearer <token>} (RFC 6750, section 2.1), and in no other way. */
    private Future<DeviceIdentity> authenticate(RoutingContext context) {
        List<String> headers = context.request().headers().getAll(HttpHeaders.AUTHORIZATION);
        if (headers.size() != 1 || !headers.get(0).startsWith(SCHEME)) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED));
        }
        return tokens.identify(headers.get(0).substring(SCHEME.length())).onSuccess(activity::seen);
    }

    private <Q> Future<?> withBody(RoutingContext context, BodyBudget.Share share, Class<Q> type, Open<Q> resource) {
        return jsonBody.read(context.request(), share)
                .compose(body -> decode(body, type)
                        .<Object>compose(request ->
                                resource.answer(call(context, body), request).map(answer -> answer)))
                .onComplete(answered -> share.close());
    }

    private <Q> Future<Q> decode(Buffer body, Class<Q> type) {
        if (body.length() > LARGE_BODY_BYTES) {
            return vertx.executeBlocking(() -> Json.read(body, type), false);
        }
        return Future.succeededFuture(Json.read(body, type));
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
