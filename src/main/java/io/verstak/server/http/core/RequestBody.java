package io.verstak.server.http.core;

import io.verstak.server.http.guard.TransportGuard;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The raw bytes of a paused request as a stream, for bodies of any size. It fails when the connection breaks, even before a
 * handler is set. Its buffers are those that the socket is read into: a handler copies what it keeps. After a pause, what
 * has been read already still comes, up to 64 KiB.
 */
public final class RequestBody implements ReadStream<Buffer> {
    private final HttpServerRequest request;
    private final FirstFailure failure;
    private @Nullable Handler<Buffer> handler;
    /** The number of bytes received from Vert.x, which read them before the handler was set. */
    private long received;

    private boolean paused = true;
    private boolean handedOver;

    public RequestBody(HttpServerRequest request) {
        this.request = request;
        this.failure = FirstFailure.of(request);
    }

    @Override
    public RequestBody exceptionHandler(@Nullable Handler<Throwable> listener) {
        failure.listen(listener);
        return this;
    }

    /** Returns the first failure, which a reader may cause itself. */
    public FirstFailure failure() {
        return failure;
    }

    @Override
    public RequestBody handler(@Nullable Handler<Buffer> reader) {
        handler = reader;
        request.handler(reader == null ? null : this::receive);
        return this;
    }

    private void receive(Buffer piece) {
        received += piece.length();
        give(piece);
        takeOver();
    }

    private void give(Buffer piece) {
        Handler<Buffer> reader = handler;
        if (reader != null) {
            reader.handle(piece);
        }
    }

    private void takeOver() {
        handedOver = handedOver || (!paused && TransportGuard.handOver(request, received, this::give));
    }

    @Override
    public RequestBody endHandler(@Nullable Handler<Void> end) {
        request.endHandler(end);
        return this;
    }

    @Override
    public RequestBody pause() {
        paused = true;
        request.pause();
        TransportGuard.pauseHandover(request);
        return this;
    }

    @Override
    public RequestBody resume() {
        return fetch(Long.MAX_VALUE);
    }

    /** Resumes, whatever the amount: pieces are as large as what has arrived. */
    @Override
    public RequestBody fetch(long amount) {
        paused = false;
        takeOver();
        TransportGuard.resumeHandover(request);
        request.resume();
        return this;
    }
}
