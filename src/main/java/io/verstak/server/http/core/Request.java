package io.verstak.server.http.core;

import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.guard.TransportGuard;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A request, as far as a resource needs it. */
public final class Request {
    private final RoutingContext context;
    private final ClientAddress addresses;
    private Buffer body;
    private Runnable bodyReleased = () -> {};

    public Request(RoutingContext context, Buffer body, ClientAddress addresses) {
        this.context = context;
        this.body = body;
        this.addresses = addresses;
    }

    /** Returns the whole context, for a method that reads its own body or writes its own answer. */
    public RoutingContext context() {
        return context;
    }

    /** Returns the body's bytes; empty for a call without a body. */
    public Buffer body() {
        return body;
    }

    /** Returns the body's bytes and keeps them no longer: a push may wait long for its answer. */
    public Buffer takeBody() {
        Buffer taken = body;
        body = Buffer.buffer();
        return taken;
    }

    /** Releases the body and its memory: a delayed answer no longer needs it. */
    public void releaseBody() {
        body = Buffer.buffer();
        bodyReleased.run();
    }

    public Request onBodyReleased(Runnable action) {
        bodyReleased = action;
        return this;
    }

    /** Returns the other end of the connection: the client or a proxy. */
    public String connectionAddress() {
        return String.valueOf(context.request().remoteAddress().hostAddress());
    }

    /** Returns the client's network address, evaluated through trusted proxies. */
    public InetAddress clientAddress() {
        return clientAddress(context, addresses);
    }

    public static InetAddress clientAddress(RoutingContext context, ClientAddress addresses) {
        HttpServerRequest request = context.request();
        return addresses.of(TransportGuard.peer(request), request.headers().getAll("X-Forwarded-For"));
    }

    /** Returns the administrator of this request, as the audit log names who changed something. */
    public Actor actor(SessionIdentity administrator) {
        return new Actor(administrator.owner(), clientAddress());
    }

    /** Returns the part of the path that a route names with a colon. */
    public String pathParameter(String name) {
        String value = context.pathParam(name);
        return value == null ? "" : value;
    }

    /** Returns a cookie's value; empty when it is missing. */
    public String cookie(String name) {
        return Cookies.read(context, name).orElse("");
    }

    /** Returns a parameter of the query; empty when it is missing. */
    public String parameter(String name) {
        return context.queryParams().contains(name) ? context.queryParams().get(name) : "";
    }

    /** Returns a header's value, or null. */
    public @Nullable String header(CharSequence name) {
        return context.request().getHeader(name);
    }

    /** Returns the tag of the reader's language among the supported ones; empty if none was requested. */
    public String language() {
        return Languages.asked(context)
                .map(language -> language.locale().toLanguageTag())
                .orElse("");
    }

    /** Prevents caching of the answer, which carries a secret. */
    public Request noStore() {
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        return this;
    }

    /** Prepares the answer as a file that the browser saves and no cache keeps. */
    public HttpServerResponse download(String type, String fileName) {
        return noStore()
                .context
                .response()
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + fileName + '"')
                .putHeader("X-Content-Type-Options", "nosniff");
    }

    /** Sets a status other than 200. */
    public Request status(int status) {
        context.response().setStatusCode(status);
        return this;
    }

    public Request retryAfter(int seconds) {
        context.response().putHeader("Retry-After", Integer.toString(seconds));
        return this;
    }

    /** Runs an action when the answer is written or will never be. */
    public void onEnd(Runnable action) {
        if (context.response().ended() || context.response().closed()) {
            action.run();
        } else {
            context.addEndHandler(ended -> action.run());
        }
    }

    /** Runs an action when the whole answer is written; not if the connection ends before. */
    public void onSent(Runnable action) {
        context.addEndHandler(ended -> {
            if (ended.succeeded()) {
                action.run();
            }
        });
    }

    /** Runs an action when the client has taken the answer or never will: until then its bytes are in memory. */
    public void onTaken(Runnable action) {
        onEnd(() -> TransportGuard.whenTaken(context.request(), action));
    }
}
