package io.verstak.server.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** Writes answers. */
public final class Answers {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private Answers() {}

    /** 200 with a record, a list or a map as JSON. */
    public static Future<Void> json(RoutingContext context, Object body) {
        return json(context, 200, Json.write(body));
    }

    /** A JSON body that is already written. */
    public static Future<Void> json(RoutingContext context, int status, Buffer body) {
        HttpServerResponse response = context.response();
        return response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .end(body);
    }

    /** Keeps an answer that holds a secret out of every cache (RFC 9111, section 5.2.2.5). */
    public static void noStore(RoutingContext context) {
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
