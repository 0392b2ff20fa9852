package io.verstak.server.http.core;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.ext.web.RoutingContext;
import java.util.function.LongSupplier;

/** Collects what the request log says about a request. Used by one event loop. */
public final class RequestRecord {
    private static final String KEY = RequestRecord.class.getName();

    /** The route of a path that no route has. The path itself would be a label of metrics that any client could invent. */
    static final String NO_ROUTE = "none";

    private final String id;
    private final long startedNanos = System.nanoTime();
    private String route = NO_ROUTE;
    private String device = "";
    private String user = "";
    private boolean timed = true;
    private LongSupplier alsoSent = () -> 0;

    private RequestRecord(String id) {
        this.id = id;
    }

    public static RequestRecord begin(RoutingContext context, String id) {
        RequestRecord request = new RequestRecord(id);
        context.put(KEY, request);
        return request;
    }

    /** Returns the record of a request that has begun. */
    public static RequestRecord of(RoutingContext context) {
        RequestRecord request = context.get(KEY);
        return request == null ? new RequestRecord("") : request;
    }

    public void route(String pattern) {
        route = pattern;
    }

    public void of(DeviceIdentity identity) {
        device = identity.deviceId();
        user = identity.userId();
    }

    public void of(SessionIdentity identity) {
        user = identity.owner();
    }

    /** Adds bytes of the answer's body that Vert.x does not count. */
    public void alsoSent(LongSupplier bytes) {
        alsoSent = bytes;
    }

    /** @param counted bytes of the answer's body that Vert.x has counted */
    public long sent(long counted) {
        return counted + alsoSent.getAsLong();
    }

    public String id() {
        return id;
    }

    /** Returns the pattern of the path in the route table. */
    public String route() {
        return route;
    }

    /** Returns the device's id, or empty. */
    public String device() {
        return device;
    }

    /** Returns the user's id, or empty. */
    public String user() {
        return user;
    }

    /** Leaves the request out of the figures of how fast the server answers: it waits, or is as long as its body. */
    public void untimed() {
        timed = false;
    }

    public boolean isTimed() {
        return timed;
    }

    public long nanos() {
        return System.nanoTime() - startedNanos;
    }
}
