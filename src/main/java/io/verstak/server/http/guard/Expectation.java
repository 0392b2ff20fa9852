package io.verstak.server.http.guard;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** {@code Expect: 100-continue}, RFC 9110 section 10.1.1. */
public final class Expectation {
    private Expectation() {}

    /**
     * Called by a handler when it has decided to read the body: a client that asked first sends the body only now. A
     * handler that refuses just answers. Does nothing for a client that did not ask.
     */
    public static Future<Void> proceed(HttpServerRequest request) {
        boolean asked = request.version() == HttpVersion.HTTP_1_1
                && request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true);
        return asked ? request.response().writeContinue() : Future.succeededFuture();
    }
}
