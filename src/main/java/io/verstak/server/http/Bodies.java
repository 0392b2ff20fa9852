package io.verstak.server.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;
import java.util.function.IntSupplier;

/** Reads bodies: within a limit each, and within a budget together. */
final class Bodies {
    /** Reading a larger body than this takes long enough to be felt on an event loop. */
    private static final int LARGE_BODY_BYTES = 256 << 10;

    /** What all bodies of devices may take beside one of the largest size. */
    private static final int BESIDES_LARGEST_BYTES = 8 << 20;

    /** The same for callers that nobody knows yet: none of their calls needs a large body. */
    private static final int STRANGERS_BYTES = 4 << 20;

    /** The first bytes of a body, which are there for everybody: an ordinary push, and whatever a stranger has to say. */
    private static final int FREE_OF_DEVICE = 64 << 10;

    private static final int FREE_OF_STRANGER = 8 << 10;

    /** As many as all connections of one address may hold with bodies of devices, and of four with those of strangers. */
    private static final long FREE_OF_DEVICES = 32L << 20;

    private static final long FREE_OF_STRANGERS = 16L << 20;

    private static final int MAX_FORM_BYTES = 64 << 10;

    private final Vertx vertx;
    private final JsonBody json;
    private final JsonBody form = new JsonBody(() -> MAX_FORM_BYTES);
    private final BodyBudget devices;
    private final BodyBudget strangers = new BodyBudget(() -> STRANGERS_BYTES, 0, FREE_OF_STRANGER, FREE_OF_STRANGERS);

    Bodies(Vertx vertx, IntSupplier maxJsonBody) {
        this.vertx = vertx;
        this.json = new JsonBody(maxJsonBody);
        this.devices = new BodyBudget(
                () -> largest(maxJsonBody.getAsInt()) + BESIDES_LARGEST_BYTES,
                BESIDES_LARGEST_BYTES,
                FREE_OF_DEVICE,
                FREE_OF_DEVICES);
    }

    /** A body of the largest size, in pieces as small as a slow line makes them. */
    private static long largest(int maxJsonBody) {
        return maxJsonBody + maxJsonBody / 16L;
    }

    /** What a device's body takes, counted with its user's others. */
    BodyBudget.Share device(String userId) {
        return devices.share(userId);
    }

    /** What the body of somebody with a session takes. */
    BodyBudget.Share session(String owner) {
        return strangers.share(owner);
    }

    /** What the body of somebody unknown takes, counted with the others from that address. */
    BodyBudget.Share stranger(RoutingContext context) {
        return strangers.share(context.request().remoteAddress().hostAddress());
    }

    /**
     * Reads JSON and passes it on, with the bytes it was made from. Whatever is waited for behind that does not hold the
     * bytes: an answer may take its time, and thousands of them may.
     */
    <Q, R> Future<R> json(
            RoutingContext context, BodyBudget.Share share, Class<Q> type, Function<Body<Q>, Future<R>> next) {
        return json.read(context.request(), share)
                .compose(bytes -> decode(bytes, type).map(value -> new Body<>(value, bytes)))
                .compose(next)
                .onComplete(answered -> share.close());
    }

    /** As {@link #json}, but no bytes at all read as an object without members. */
    <Q, R> Future<R> jsonOrNothing(
            RoutingContext context, BodyBudget.Share share, Class<Q> type, Function<Q, Future<R>> next) {
        return json.read(context.request(), share)
                .compose(bytes -> decode(bytes.length() == 0 ? Buffer.buffer("{}") : bytes, type))
                .compose(next)
                .onComplete(answered -> share.close());
    }

    /** A body and the bytes it was made from. */
    record Body<Q>(Q value, Buffer bytes) {}

    /** Reads a form and passes it on. */
    <R> Future<R> form(RoutingContext context, BodyBudget.Share share, Function<FormFields, Future<R>> next) {
        return form.read(context.request(), share)
                .map(body -> FormFields.parse(context.request(), body))
                .compose(next)
                .onComplete(answered -> share.close());
    }

    private <Q> Future<Q> decode(Buffer body, Class<Q> type) {
        if (body.length() > LARGE_BODY_BYTES) {
            return vertx.executeBlocking(() -> Json.read(body, type), false);
        }
        return Future.succeededFuture(Json.read(body, type));
    }
}
