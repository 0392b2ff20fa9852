package io.verstak.server.http.core;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.guard.TransportGuard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Reads a JSON body into memory, up to a limit and within the budget of all requests. */
final class JsonBody {
    private final IntSupplier limit;

    JsonBody(IntSupplier limit) {
        this.limit = limit;
    }

    /**
     * Reads the body of a paused request. Refuses with {@code REQUEST_TOO_LARGE} as soon as the limit is exceeded, or
     * immediately when the head announces that, and with {@code UNAVAILABLE} when the share cannot grow.
     *
     * @param share the memory of the body; the caller closes it once the request is answered
     */
    Future<Buffer> read(HttpServerRequest request, BodyLease share) {
        int maxBytes = limit.getAsInt();
        long announced = announced(request);
        if (announced > maxBytes) {
            return ErrorCode.REQUEST_TOO_LARGE.refuse();
        }
        Reading reading = new Reading(request, share, maxBytes, announced);
        request.handler(reading::add);
        request.exceptionHandler(reading::fail);
        request.endHandler(end -> reading.end());
        TransportGuard.expectBody(request);
        request.resume();
        return reading.done.future();
    }

    private static long announced(HttpServerRequest request) {
        @Nullable String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    private static final class Reading {
        private final HttpServerRequest request;
        private final BodyLease share;
        private final int maxBytes;
        private final long announced;
        private final Promise<Buffer> done = ContextInternal.current().promise();
        private Buffer body = Buffer.buffer();
        private boolean gathering;

        Reading(HttpServerRequest request, BodyLease share, int maxBytes, long announced) {
            this.request = request;
            this.share = share;
            this.maxBytes = maxBytes;
            this.announced = announced;
        }

        void add(Buffer piece) {
            if (body.length() + (long) piece.length() > maxBytes) {
                fail(new ServerException(ErrorCode.REQUEST_TOO_LARGE));
            } else if (!share.grow(piece.length())) {
                fail(ServerException.retryAfter(ErrorCode.UNAVAILABLE, 1));
            } else {
                append(piece);
            }
        }

        /** Most bodies are one piece, which needs no copy. */
        private void append(Buffer piece) {
            if (!gathering && body.length() == 0) {
                body = piece;
                return;
            }
            if (!gathering) {
                gathering = true;
                // What is announced may never come: room for twice of what is here, as buffers grow by themselves.
                int here = body.length() + piece.length();
                body = Buffer.buffer((int) Math.max(here, Math.min(announced, 2L * here)))
                        .appendBuffer(body);
            }
            body.appendBuffer(piece);
        }

        void fail(Throwable failure) {
            body = Buffer.buffer();
            request.handler(rest -> {});
            request.pause();
            done.tryFail(failure);
        }

        void end() {
            // The request exists until it is answered, which may be long after the body was used.
            Buffer whole = body;
            body = Buffer.buffer();
            request.handler(null);
            request.endHandler(null);
            request.exceptionHandler(null);
            done.tryComplete(whole);
        }
    }
}
