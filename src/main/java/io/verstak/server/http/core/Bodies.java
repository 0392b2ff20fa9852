package io.verstak.server.http.core;

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
    private final BodyBudget devices;
    private final BodyBudget strangers = new BodyBudget(() -> STRANGERS_BYTES, 0, FREE_OF_STRANGER, FREE_OF_STRANGERS);

    public Bodies(Vertx vertx, IntSupplier maxJsonBody) {
        this.vertx = vertx;
        this.json = new JsonBody(maxJsonBody);
        this.devices = new BodyBudget(
                () -> largest(maxJsonBody.getAsInt()) + BESIDES_LARGEST_BYTES,
                BESIDES_LARGEST_BYTES,
                FREE_OF_DEVICE,
                FREE_OF_DEVICES);
    }

    /** A body of the largest size in pieces as small as those of a slow line. */
    private static long largest(int maxJsonBody) {
        return maxJsonBody + maxJsonBody / 16L;
    }

    /** Returns the share of a device's body, counted with its user's others. */
    public BodyBudget.Share device(String userId) {
        return devices.share(userId);
    }

    /** Returns the share of a body with a session. */
    public BodyBudget.Share session(String owner) {
        return strangers.share(owner);
    }

    /** Returns the share of an unauthenticated body, counted with the others from that address. */
    public BodyBudget.Share stranger(String address) {
        return strangers.share(address);
    }

    /** A parsed body and its bytes. */
    public record Body<Q>(Q value, Buffer bytes) {}

    /** Reads JSON. The caller closes the share once the request is answered. */
    public <Q> Future<Body<Q>> json(RoutingContext context, BodyBudget.Share share, Class<Q> type) {
        return json.read(context.request(), share)
                .compose(bytes -> decode(bytes, type).map(value -> new Body<>(value, bytes)));
    }

    /** Works as {@link #json}, but an empty body reads as an object without members. */
    public <Q> Future<Body<Q>> jsonOrNothing(RoutingContext context, BodyBudget.Share share, Class<Q> type) {
        return json.read(context.request(), share)
                .compose(bytes -> decode(orEmptyObject(bytes), type).map(value -> new Body<>(value, bytes)));
    }

    /** Reads a form, or a JSON object with the same names; an empty body has no fields. */
    public Future<Body<FormFields>> formOrJson(RoutingContext context, BodyBudget.Share share) {
        return FormFields.announced(context.request())
                ? form(context, share)
                : json.read(context.request(), share)
                        .compose(bytes -> decode(orEmptyObject(bytes), Map.class)
                                .map(members -> new Body<>(FormFields.of(members), bytes)));
    }

    /** Reads a form. The caller closes the share once the request is answered. */
    public Future<Body<FormFields>> form(RoutingContext context, BodyBudget.Share share) {
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
