package io.verstak.server.http.api;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The raw bytes of a paused request as a stream. It fails when the connection breaks, even if that was before somebody
 * listened.
 */
final class RequestBody implements ReadStream<Buffer> {
    private final HttpServerRequest request;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Throwable failure;

    RequestBody(HttpServerRequest request) {
        this.request = request;
        request.exceptionHandler(this::fail);
        if (request.response().closed()) {
            fail(new HttpClosedException("the connection was closed"));
        }
    }

    private void fail(Throwable reason) {
        if (failure != null) {
            return;
        }
        failure = reason;
        if (exceptionHandler != null) {
            exceptionHandler.handle(reason);
        }
    }

    @Override
    public RequestBody exceptionHandler(@Nullable Handler<Throwable> handler) {
        exceptionHandler = handler;
        if (handler != null && failure != null) {
            handler.handle(failure);
        }
        return this;
    }

    @Override
    public RequestBody handler(@Nullable Handler<Buffer> handler) {
        request.handler(handler);
        return this;
    }

    @Override
    public RequestBody endHandler(@Nullable Handler<Void> handler) {
        request.endHandler(handler);
        return this;
    }

    @Override
    public RequestBody pause() {
        request.pause();
        return this;
    }

    @Override
    public RequestBody resume() {
        request.resume();
        return this;
    }

    @Override
    public RequestBody fetch(long amount) {
        request.fetch(amount);
        return this;
    }
}
