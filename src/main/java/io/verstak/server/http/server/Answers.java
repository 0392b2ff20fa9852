package io.verstak.server.http.server;

import io.verstak.server.http.core.Gzip;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** Writes JSON answers. */
final class Answers {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private Answers() {}

    /** Ends the response with a JSON body. */
    static void json(RoutingContext context, int status, Buffer body) {
        HttpServerResponse response = context.response();
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        Gzip.end(context, body);
    }
}
