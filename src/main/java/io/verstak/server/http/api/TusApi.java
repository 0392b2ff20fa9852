package io.verstak.server.http.api;

import io.verstak.server.blob.resumable.ChunkOpening;
import io.verstak.server.blob.resumable.NewUpload;
import io.verstak.server.blob.resumable.ResumableUploads;
import io.verstak.server.blob.resumable.UploadChunk;
import io.verstak.server.blob.resumable.UploadStatus;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.BasePath;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.RequestBody;
import io.verstak.server.http.core.Times;
import io.verstak.server.http.guard.TransportGuard;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Resumable uploads: tus 1.0.0 (https://tus.io/protocols/resumable-upload) with creation, creation-with-upload,
 * expiration, termination and checksum. The decisions describe what the protocol leaves to the server.
 */
public final class TusApi {
    /** Where uploads are created; each has a path below it. */
    public static final String PATH = "/api/v1/uploads";

    /** The name of the path's parameter. */
    public static final String ID = "id";

    private static final String VERSION = "1.0.0";
    private static final String EXTENSIONS = "creation,creation-with-upload,expiration,termination,checksum";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.POST, HttpMethod.HEAD, HttpMethod.PATCH, HttpMethod.DELETE);

    private final ResumableUploads uploads;
    private final BasePath base;
    private final LongSupplier maxBlobBytes;

    public TusApi(ResumableUploads uploads, BasePath base, LongSupplier maxBlobBytes) {
        this.uploads = uploads;
        this.base = base;
        this.maxBlobBytes = maxBlobBytes;
    }

    /** Runs before every call: checks the protocol version and disables caching. */
    public void begin(RoutingContext context) {
        HttpServerRequest request = context.request();
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store").putHeader("Tus-Resumable", VERSION);
        if (METHODS.contains(request.method()) && !VERSION.equals(request.getHeader("Tus-Resumable"))) {
            context.response().putHeader("Tus-Version", VERSION);
            context.fail(new ServerException(ErrorCode.PRECONDITION_FAILED, "Tus-Resumable must be " + VERSION + "."));
            return;
        }
        context.next();
    }

    /** Open to everyone, as the capabilities are. */
    public void options(RoutingContext context) {
        context.response()
                .setStatusCode(NO_CONTENT)
                .putHeader("Tus-Version", VERSION)
                .putHeader("Tus-Extension", EXTENSIONS)
                .putHeader("Tus-Max-Size", Long.toString(maxBlobBytes.getAsLong()))
                .putHeader("Tus-Checksum-Algorithm", "sha256,sha1")
                .end();
    }

    public Future<Void> create(Request call, DeviceIdentity device) {
        HttpServerRequest request = call.context().request();
        TusHeaders headers = new TusHeaders(request);
        RequestBody body = new RequestBody(request);
        NewUpload upload = new NewUpload(device, headers.length(), headers.metadata(), headers.announced());
        ChunkOpening part = part(request, headers, 0);
        boolean withPart = headers.hasBody();
        if (withPart) {
            headers.requirePart();
            requireFit(part.length(), upload.length());
        }
        return uploads.create(upload)
                .compose(created -> withPart && created.blob().isEmpty()
                        ? firstPart(request, body, device, created, part)
                        : Future.succeededFuture(created))
                .compose(status -> answer(
                        call.context().response().putHeader(HttpHeaders.LOCATION, base.url(PATH + "/" + status.id())),
                        status,
                        CREATED));
    }

    private static void requireFit(long part, long whole) {
        if (part > whole) {
            throw new ServerException(ErrorCode.REQUEST_TOO_LARGE);
        }
    }

    /** Removes an upload whose first chunk failed: the client never learned its name and could not resume it. */
    private Future<UploadStatus> firstPart(
            HttpServerRequest request,
            RequestBody body,
            DeviceIdentity device,
            UploadStatus created,
            ChunkOpening part) {
        return uploads.append(device.scope(), created.id(), part)
                .compose(open -> receive(request, body, open))
                .recover(failure ->
                        uploads.remove(device.scope(), created.id()).transform(gone -> Future.failedFuture(failure)));
    }

    public Future<Void> status(Request call, DeviceIdentity device) {
        return uploads.find(device.scope(), call.pathParameter(ID)).compose(status -> {
            HttpServerResponse response =
                    call.context().response().putHeader("Upload-Length", Long.toString(status.length()));
            if (!status.metadata().isEmpty()) {
                response.putHeader("Upload-Metadata", status.metadata());
            }
            return answer(response, status, OK);
        });
    }

    public Future<Void> append(Request call, DeviceIdentity device) {
        HttpServerRequest request = call.context().request();
        TusHeaders headers = new TusHeaders(request);
        RequestBody body = new RequestBody(request);
        headers.requirePart();
        return uploads.append(device.scope(), call.pathParameter(ID), part(request, headers, headers.offset()))
                .compose(part -> receive(request, body, part))
                .compose(status -> answer(call.context().response(), status, NO_CONTENT));
    }

    public Future<Void> remove(Request call, DeviceIdentity device) {
        return uploads.remove(device.scope(), call.pathParameter(ID))
                .compose(gone ->
                        call.context().response().setStatusCode(NO_CONTENT).end());
    }

    /** For clients whose HTTP library or proxy does not support PATCH. */
    public Future<Void> override(Request call, DeviceIdentity device) {
        @Nullable String method = call.context().request().getHeader("X-HTTP-Method-Override");
        return switch (method == null ? "" : method) {
            case "PATCH" -> append(call, device);
            case "DELETE" -> remove(call, device);
            case "HEAD" -> status(call, device);
            default -> {
                call.context().response().putHeader(HttpHeaders.ALLOW, "DELETE, HEAD, OPTIONS, PATCH");
                yield ErrorCode.METHOD_NOT_ALLOWED.refuse();
            }
        };
    }

    private static ChunkOpening part(HttpServerRequest request, TusHeaders headers, long offset) {
        @Nullable Context eventLoop = Vertx.currentContext();
        Runnable interrupt = () -> {
            if (eventLoop != null) {
                eventLoop.runOnContext(now -> request.connection().close());
            }
        };
        return new ChunkOpening(offset, headers.bodyLength(), headers.checksum(), interrupt);
    }

    /** The received bytes of a chunk are kept when its connection breaks. */
    private static Future<UploadStatus> receive(HttpServerRequest request, RequestBody body, UploadChunk part) {
        return TransportGuard.expectBody(request)
                .compose(proceeding -> body.pipe().endOnComplete(false).to(part))
                .recover(failure -> part.breakOff().transform(kept -> Future.failedFuture(failure)))
                .compose(received -> part.finish());
    }

    private static Future<Void> answer(HttpServerResponse response, UploadStatus status, int code) {
        response.setStatusCode(code).putHeader("Upload-Offset", Long.toString(status.offset()));
        status.blob()
                .map(Sha256::hex)
                .ifPresentOrElse(
                        sha256 -> response.putHeader("Blob-Sha256", sha256),
                        () -> response.putHeader("Upload-Expires", Times.httpDate(status.expiresAt())));
        return response.end();
    }
}
