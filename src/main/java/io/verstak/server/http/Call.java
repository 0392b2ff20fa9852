package io.verstak.server.http;

import io.netty.util.NetUtil;
import io.verstak.server.account.ClientAddress;
import io.verstak.server.http.transport.TransportGuard;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** One request, as far as a resource needs to see it. */
public final class Call {
    private final RoutingContext context;
    private final ClientAddress addresses;
    private Buffer body;
    private Runnable bodyReleased = () -> {};

    Call(RoutingContext context, Buffer body, ClientAddress addresses) {
        this.context = context;
        this.body = body;
        this.addresses = addresses;
    }

    /** The body's bytes; empty where a call takes none. */
    public Buffer body() {
        return body;
    }

    /** Lets go of the body and the memory it counts for: an answer that takes its time needs it no more. */
    public void releaseBody() {
        body = Buffer.buffer();
        bodyReleased.run();
    }

    Call onBodyReleased(Runnable action) {
        bodyReleased = action;
        return this;
    }

    /** The other end of the connection: the client, or a proxy. */
    public String connectionAddress() {
        return String.valueOf(context.request().remoteAddress().hostAddress());
    }

    /** The client's network address, seen through trusted proxies. */
    public InetAddress clientAddress() {
        return clientAddress(context, addresses);
    }

    static InetAddress clientAddress(RoutingContext context, ClientAddress addresses) {
        HttpServerRequest request = context.request();
        InetAddress connection = NetUtil.createInetAddressFromIpAddressString(
                request.remoteAddress().hostAddress());
        return addresses.of(connection, request.headers().getAll("X-Forwarded-For"));
    }

    /** The address under which people reach the server. */
    public String address(Origins origins) {
        return origins.address(context);
    }

    /** The part of the path that a route names with a colon. */
    public String pathParameter(String name) {
        String value = context.pathParam(name);
        return value == null ? "" : value;
    }

    /** A parameter of the query; empty when it is missing. */
    public String parameter(String name) {
        return context.queryParams().contains(name) ? context.queryParams().get(name) : "";
    }

    /** A header's value, or null. */
    public @Nullable String header(CharSequence name) {
        return context.request().getHeader(name);
    }

    /** The tag of the reader's language, among those that the server speaks; empty when it asks for none of them. */
    public String language() {
        return Languages.asked(context)
                .map(language -> language.locale().toLanguageTag())
                .orElse("");
    }

    /** Keeps the answer out of every cache: it carries a secret. */
    public Call noStore() {
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        return this;
    }

    /** Sets another status than 200. */
    public Call status(int status) {
        context.response().setStatusCode(status);
        return this;
    }

    public Call retryAfter(int seconds) {
        context.response().putHeader("Retry-After", Integer.toString(seconds));
        return this;
    }

    /** Runs when the answer is written, or never will be. */
    public void onEnd(Runnable action) {
        if (context.response().ended() || context.response().closed()) {
            action.run();
        } else {
            context.addEndHandler(ended -> action.run());
        }
    }

    /** Runs when all of the answer is written, and not at all when the connection ends before. */
    public void onSent(Runnable action) {
        context.addEndHandler(ended -> {
            if (ended.succeeded()) {
                action.run();
            }
        });
    }

    /** Runs when the client has taken the answer, or never will: until then its bytes are in memory. */
    public void onTaken(Runnable action) {
        onEnd(() -> TransportGuard.whenTaken(context.request(), action));
    }
}
