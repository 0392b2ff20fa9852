package io.verstak.server.http.api;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.BlobUpload;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.multipart.MultipartFile;
import io.verstak.server.http.transport.Expectation;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Uploads and downloads: the wire contract's section 4. */
public final class BlobApi {
    /** The name of the path's parameter. */
    public static final String SHA256 = "sha256";

    /** More than boundaries and part head take, of which the head is bounded to 8 KiB. */
    private static final long MAX_FRAMING_BYTES = 16 << 10;

    private final BlobStore blobs;
    private final long maxBlobBytes;

    record Stored(String sha256, long size) {}

    public BlobApi(BlobStore blobs, long maxBlobBytes) {
        this.blobs = blobs;
        this.maxBlobBytes = maxBlobBytes;
    }

    public Future<?> upload(HttpServerRequest request, DeviceIdentity device) {
        if (announced(request) - MAX_FRAMING_BYTES > maxBlobBytes) {
            return Future.failedFuture(new ServerException(ErrorCode.BLOB_TOO_LARGE));
        }
        MultipartFile file = MultipartFile.of(request);
        return blobs.begin(device.scope())
                .compose(upload -> receive(request, file, upload))
                .map(blob -> new Stored(blob.sha256().hex(), blob.size()));
    }

    private static long announced(HttpServerRequest request) {
        @Nullable String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    /** Nothing is left of an upload by the time its refusal is answered. */
    private static Future<BlobReference> receive(HttpServerRequest request, MultipartFile file, BlobUpload upload) {
        Future<Void> received = Expectation.proceed(request)
                .compose(proceeding -> file.pipe().endOnComplete(false).to(upload))
                .recover(failure -> upload.abort().transform(aborted -> Future.failedFuture(failure)));
        return received.compose(complete -> upload.commit());
    }

    public Future<Void> download(RoutingContext context, DeviceIdentity device) {
        return Sha256.parse(context.pathParam(SHA256))
                .map(sha256 -> blobs.find(device.scope(), sha256)
                        .compose(file -> new BlobDownload(blobs, file, context).answer()))
                .orElseGet(() -> Future.failedFuture(new ServerException(ErrorCode.INVALID_BLOB_HASH)));
    }
}
