package io.verstak.server.http.api;

import io.verstak.server.http.core.FirstFailure;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** The raw bytes of a paused request as a stream. It fails when the connection breaks, even before a handler is set. */
final class RequestBody implements ReadStream<Buffer> {
    private final HttpServerRequest request;
    private final FirstFailure failure;

    RequestBody(HttpServerRequest request) {
        this.request = request;
        this.failure = FirstFailure.of(request);
    }

    @Override
    public RequestBody exceptionHandler(@Nullable Handler<Throwable> handler) {
        failure.listen(handler);
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
