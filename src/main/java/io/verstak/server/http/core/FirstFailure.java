package io.verstak.server.http.core;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The first failure of a request's body, reported once, also to a listener that is set later. A connection that broke
 * before counts. Used on the event loop of its request.
 */
public final class FirstFailure {
    private @Nullable Handler<Throwable> listener;
    private @Nullable Throwable failure;

    private FirstFailure() {}

    /** Sets the request's exception handler. */
    static FirstFailure of(HttpServerRequest request) {
        FirstFailure first = new FirstFailure();
        request.exceptionHandler(first::fail);
        if (request.response().closed()) {
            first.fail(new HttpClosedException("the connection was closed"));
        }
        return first;
    }

    public boolean happened() {
        return failure != null;
    }

    /** Fails the body unless it has failed before. */
    public void fail(Throwable reason) {
        if (failure != null) {
            return;
        }
        failure = reason;
        if (listener != null) {
            listener.handle(reason);
        }
    }

    public void listen(@Nullable Handler<Throwable> handler) {
        listener = handler;
        if (handler != null && failure != null) {
            handler.handle(failure);
        }
    }
}
