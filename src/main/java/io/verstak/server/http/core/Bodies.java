package io.verstak.server.http.core;

import io.verstak.server.domain.FairPool;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.function.IntSupplier;

/** Reads bodies within a limit for each and a budget for all. */
public final class Bodies {
    /** A larger body takes long enough to parse that other requests on the event loop would wait. */
    private static final int LARGE_BODY_BYTES = 256 << 10;

    /** The budget of all bodies of devices, besides one of the largest size. */
    private static final int BESIDES_LARGEST_BYTES = 8 << 20;

    /** What several bodies of one user take of it together. */
    private static final int BYTES_OF_SEVERAL = 4 << 20;

    /** A larger body is huge, and leaves the budget besides the largest to others. */
    private static final int ORDINARY_BYTES = 1 << 20;

    /** The budget of unauthenticated callers, none of whose calls needs a large body. */
    private static final int STRANGERS_BYTES = 4 << 20;

    /** The free first bytes of a body: an ordinary push, and every call of a stranger. */
    private static final int FREE_OF_DEVICE = 64 << 10;

    private static final int FREE_OF_STRANGER = 8 << 10;

    /**
     * Enough for all connections of one address with bodies of devices, and of four addresses with bodies of strangers.
     */
    private static final long FREE_OF_DEVICES = 32L << 20;

    private static final long FREE_OF_STRANGERS = 16L << 20;

    private static final int MAX_FORM_BYTES = 64 << 10;

    private final Vertx vertx;
    private final JsonBody json;
    private final JsonBody form = new JsonBody(() -> MAX_FORM_BYTES);
    private final FairPool<String> devices;
    private final FairPool<String> strangers = FairPool.of(STRANGERS_BYTES, STRANGERS_BYTES);
    private final FairPool<String> freeOfDevices = FairPool.of(FREE_OF_DEVICES, FREE_OF_DEVICES);
    private final FairPool<String> freeOfStrangers = FairPool.of(FREE_OF_STRANGERS, FREE_OF_STRANGERS);

    public Bodies(Vertx vertx, IntSupplier maxJsonBody) {
        this.vertx = vertx;
        this.json = new JsonBody(maxJsonBody);
        this.devices = FairPool.withReserve(
                () -> largest(maxJsonBody.getAsInt()) + BESIDES_LARGEST_BYTES,
                BYTES_OF_SEVERAL,
                BESIDES_LARGEST_BYTES,
                ORDINARY_BYTES);
    }

    /** A body of the largest size in pieces as small as those of a slow line. */
    private static long largest(int maxJsonBody) {
        return maxJsonBody + maxJsonBody / 16L;
    }

    /** Returns the share of a device's body, counted with its user's others. */
    public BodyLease device(String userId) {
        return new BodyLease(freeOfDevices.lease(userId), FREE_OF_DEVICE, devices.lease(userId));
    }

    /** Returns the share of a body with a session. */
    public BodyLease session(String owner) {
        return new BodyLease(freeOfStrangers.lease(owner), FREE_OF_STRANGER, strangers.lease(owner));
    }

    /** Returns the share of an unauthenticated body, counted with the others from that address. */
    public BodyLease stranger(String address) {
        return session(address);
    }

    /** A parsed body and its bytes. */
    public record Body<Q>(Q value, Buffer bytes) {}

    /** Reads JSON. The caller closes the share once the request is answered. */
    public <Q> Future<Body<Q>> json(RoutingContext context, BodyLease share, Class<Q> type) {
        return json.read(context.request(), share)
                .compose(bytes -> decode(bytes, type).map(value -> new Body<>(value, bytes)));
    }

    /** Works as {@link #json}, but an empty body reads as an object without members. */
    public <Q> Future<Body<Q>> jsonOrNothing(RoutingContext context, BodyLease share, Class<Q> type) {
        return json.read(context.request(), share)
                .compose(bytes -> decode(orEmptyObject(bytes), type).map(value -> new Body<>(value, bytes)));
    }

    /** Reads a form, or a JSON object with the same names; an empty body has no fields. */
    public Future<Body<FormFields>> formOrJson(RoutingContext context, BodyLease share) {
        return FormFields.announced(context.request())
                ? form(context, share)
                : json.read(context.request(), share)
                        .compose(bytes -> decode(orEmptyObject(bytes), Map.class)
                                .map(members -> new Body<>(FormFields.of(members), bytes)));
    }

    /** Reads a form. The caller closes the share once the request is answered. */
    public Future<Body<FormFields>> form(RoutingContext context, BodyLease share) {
        return form.read(context.request(), share)
                .map(bytes -> new Body<>(FormFields.parse(context.request(), bytes), bytes));
    }

    private static Buffer orEmptyObject(Buffer bytes) {
        return bytes.length() == 0 ? Buffer.buffer("{}") : bytes;
    }

    private <Q> Future<Q> decode(Buffer body, Class<Q> type) {
        if (body.length() > LARGE_BODY_BYTES) {
            return vertx.executeBlocking(() -> Json.read(body, type), false);
        }
        return Future.succeededFuture(Json.read(body, type));
    }
}
