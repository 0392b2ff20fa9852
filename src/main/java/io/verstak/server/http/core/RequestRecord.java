package io.verstak.server.http.core;

import io.verstak.server.account.SessionIdentity;
import io.verstak.server.domain.DeviceIdentity;
import io.vertx.ext.web.RoutingContext;
import java.util.function.LongSupplier;

/** What is known of one request by the time it ends; used by one event loop. */
public final class RequestRecord {
    private static final String KEY = RequestRecord.class.getName();

    /** Of a path that no route has: never the path itself, of which strangers make up any number. */
    static final String NO_ROUTE = "none";

    private final String id;
    private final long startedNanos = System.nanoTime();
    private String route = NO_ROUTE;
    private String device = "";
    private String user = "";
    private LongSupplier alsoSent = () -> 0;

    private RequestRecord(String id) {
        this.id = id;
    }

    public static RequestRecord begin(RoutingContext context, String id) {
        RequestRecord request = new RequestRecord(id);
        context.put(KEY, request);
        return request;
    }

    /** The record of a request that has begun. */
    public static RequestRecord of(RoutingContext context) {
        RequestRecord request = context.get(KEY);
        return request == null ? new RequestRecord("") : request;
    }

    public void route(String pattern) {
        route = pattern;
    }

    public void of(DeviceIdentity identity) {
        device = identity.deviceId();
        user = identity.scope().userId();
    }

    public void of(SessionIdentity identity) {
        user = identity.owner();
    }

    /** Bytes of the answer's body that went out past the one who counts them. */
    public void alsoSent(LongSupplier bytes) {
        alsoSent = bytes;
    }

    /** @param counted bytes of the answer's body, as far as they were counted */
    public long sent(long counted) {
        return counted + alsoSent.getAsLong();
    }

    public String id() {
        return id;
    }

    /** The pattern of its path, as the route table has it. */
    public String route() {
        return route;
    }

    /** The device's id, or empty. */
    public String device() {
        return device;
    }

    /** The user's id, or empty. */
    public String user() {
        return user;
    }

    public long nanos() {
        return System.nanoTime() - startedNanos;
    }
}
