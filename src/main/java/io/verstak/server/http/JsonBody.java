package io.verstak.server.http;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.transport.Expectation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/** Reads a JSON body into memory, up to a limit and within what all requests together may hold. */
final class JsonBody {
    private final int maxBytes;
    private final BodyBudget budget;

    JsonBody(int maxBytes, BodyBudget budget) {
        this.maxBytes = maxBytes;
        this.budget = budget;
    }

    /**
     * Reads the body of a paused request. Refuses with {@code REQUEST_TOO_LARGE} as soon as the limit is passed, or at
     * once when the head announces as much, and with {@code UNAVAILABLE} when other bodies fill the memory set aside.
     */
    Future<Buffer> read(HttpServerRequest request) {
        if (announced(request) > maxBytes) {
            return Future.failedFuture(new ServerException(ErrorCode.REQUEST_TOO_LARGE));
        }
        Reading reading = new Reading(request);
        request.handler(reading::add);
        request.exceptionHandler(reading::fail);
        request.endHandler(end -> reading.end());
        Expectation.proceed(request);
        request.resume();
        return reading.done.future();
    }

    private static long announced(HttpServerRequest request) {
        @Nullable String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    private final class Reading {
        private final HttpServerRequest request;
        private final Promise<Buffer> done = ContextInternal.current().promise();
        private final BodyBudget.Share share = budget.share();
        private final Buffer body = Buffer.buffer();

        Reading(HttpServerRequest request) {
            this.request = request;
        }

        void add(Buffer chunk) {
            if (body.length() + (long) chunk.length() > maxBytes) {
                fail(new ServerException(ErrorCode.REQUEST_TOO_LARGE));
            } else if (!share.grow(chunk.length())) {
                fail(new ServerException(ErrorCode.UNAVAILABLE));
            } else {
                body.appendBuffer(chunk);
            }
        }

        void fail(Throwable failure) {
            request.handler(rest -> {});
            request.pause();
            share.close();
            done.tryFail(failure);
        }

        void end() {
            // The body is in the hands of its handler now, which answers before the connection can send another.
            share.close();
            done.tryComplete(body);
        }
    }
}
