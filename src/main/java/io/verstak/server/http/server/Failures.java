package io.verstak.server.http.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Json;
import io.verstak.server.http.core.RequestRecord;
import io.verstak.server.http.guard.MalformedRequest;
import io.verstak.server.http.web.ErrorPage;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.net.SocketException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every failure of a route: with JSON below {@code /api/}, with a page elsewhere. */
final class Failures implements Handler<RoutingContext> {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private static final String PAGE = "failures.page";

    /** The bytes that desktops read of a refusal: all of its JSON has to fit. */
    private static final int READ_BYTES = 500;

    private final ErrorPage page;
    private final Map<ErrorCode, Counter> refusals = new EnumMap<>(ErrorCode.class);

    private record ErrorAnswer(String error, String code) {}

    private record OpErrorAnswer(String error, String code, String opId) {}

    Failures(ErrorPage page, MeterRegistry registry) {
        this.page = page;
        for (ErrorCode code : ErrorCode.values()) {
            refusals.put(
                    code,
                    Counter.builder("verstak.refusals")
                            .description("Requests that were refused or failed, by the code of the answer")
                            .tag("code", code.code())
                            .register(registry));
        }
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (response.headWritten() || response.closed()) {
            // Part of the answer is sent: closing the connection is the only way to show that it is incomplete.
            context.request().connection().close();
            return;
        }
        if (context.failure() instanceof MalformedRequest) {
            // The transport has answered, and closes the connection.
            return;
        }
        if (context.failure() instanceof SocketException) {
            // The client has disconnected: there is nobody to answer, and nothing to log.
            context.request().connection().close();
            return;
        }
        ServerException refusal = refusal(context);
        Objects.requireNonNull(refusals.get(refusal.code())).increment();
        int status = refusal.code().status();
        response.setStatusCode(status);
        if (status == ErrorCode.RATE_LIMITED.status()
                || status == ErrorCode.UNAVAILABLE.status()
                || (refusal.code() == ErrorCode.UPLOAD_LOCKED && refusal.saysWhen())) {
            response.putHeader("Retry-After", Integer.toString(refusal.retryAfterSeconds()));
        }
        if (answersJson(context)) {
            Endpoints.end(context, status, json(refusal));
        } else {
            page.show(context, refusal);
        }
    }

    private static Buffer json(ServerException refusal) {
        String code = refusal.code().code();
        if (!refusal.opId().isEmpty()) {
            Buffer withOp = Json.write(new OpErrorAnswer(refusal.text(), code, refusal.opId()));
            if (withOp.length() <= READ_BYTES) {
                return withOp;
            }
        }
        return Json.write(new ErrorAnswer(refusal.text(), code));
    }

    /** Answers a failure of this request with a page, whatever its path. */
    static void answerWithPage(RoutingContext context) {
        context.put(PAGE, true);
    }

    private static boolean answersJson(RoutingContext context) {
        if (context.get(PAGE) != null) {
            return false;
        }
        // The path as it was sent counts as well: a request for /api/v1/blobs/../../.. comes from a program.
        return isOfPrograms(context.normalizedPath())
                || isOfPrograms(context.request().path());
    }

    private static boolean isOfPrograms(@Nullable String path) {
        return path != null && (path.startsWith("/api/") || path.startsWith("/admin/api/"));
    }

    private static ServerException refusal(RoutingContext context) {
        @Nullable Throwable failure = context.failure();
        if (failure instanceof ServerException refusal) {
            return refusal;
        }
        if (failure instanceof HttpException http) {
            return new ServerException(ofStatus(http.getStatusCode()));
        }
        if (failure == null) {
            return new ServerException(ofStatus(context.statusCode()));
        }
        LOG.error("request {} failed", RequestRecord.of(context).id(), failure);
        return new ServerException(ErrorCode.INTERNAL_ERROR);
    }

    /** Returns the code of a refusal by Vert.x itself, for example of a path with an invalid escape. */
    private static ErrorCode ofStatus(int status) {
        return switch (status) {
            case 404 -> ErrorCode.NOT_FOUND;
            case 413 -> ErrorCode.REQUEST_TOO_LARGE;
            default -> status >= 400 && status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL_ERROR;
        };
    }
}
