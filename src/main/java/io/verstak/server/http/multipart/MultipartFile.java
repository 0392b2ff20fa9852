package io.verstak.server.http.multipart;

import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FirstFailure;
import io.verstak.server.http.core.RequestBody;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The single file of a multipart request as a stream. It fails with {@code INVALID_MULTIPART} as soon as the body turns
 * out to be anything else, and when the connection breaks, even before a handler is set. Its buffers are those of {@link
 * RequestBody}.
 */
public final class MultipartFile implements ReadStream<Buffer> {
    private final RequestBody body;
    private final FilePartReader reader;
    private final FirstFailure failure;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;

    private MultipartFile(HttpServerRequest request) {
        this.body = new RequestBody(request);
        this.reader = new FilePartReader(MultipartHeaders.boundary(request), this::give);
        this.failure = body.failure();
        body.handler(this::read);
        body.endHandler(end -> end());
    }

    /**
     * Opens the file of a paused request. Refuses with {@code INVALID_MULTIPART} a request that is not multipart or has
     * no boundary.
     */
    public static MultipartFile of(HttpServerRequest request) {
        return new MultipartFile(request);
    }

    /** Returns the name of the file as the client has sent it, once the first piece has come; empty: only {@code filename*} was sent. */
    public String name() {
        return reader.name();
    }

    private void read(Buffer piece) {
        if (!failure.happened()) {
            try {
                reader.read(piece);
            } catch (ServerException refusal) {
                failure.fail(refusal);
            }
        }
    }

    private void end() {
        if (failure.happened()) {
            return;
        }
        try {
            reader.end();
        } catch (ServerException refusal) {
            failure.fail(refusal);
            return;
        }
        if (endHandler != null) {
            endHandler.handle(null);
        }
    }

    private void give(Buffer bytes) {
        if (handler != null) {
            handler.handle(bytes);
        }
    }

    @Override
    public MultipartFile exceptionHandler(@Nullable Handler<Throwable> listener) {
        failure.listen(listener);
        return this;
    }

    @Override
    public MultipartFile handler(@Nullable Handler<Buffer> handler) {
        this.handler = handler;
        return this;
    }

    @Override
    public MultipartFile endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        return this;
    }

    @Override
    public MultipartFile pause() {
        body.pause();
        return this;
    }

    @Override
    public MultipartFile resume() {
        body.resume();
        return this;
    }

    @Override
    public MultipartFile fetch(long amount) {
        body.fetch(amount);
        return this;
    }
}
