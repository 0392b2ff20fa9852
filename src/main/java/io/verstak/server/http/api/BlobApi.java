package io.verstak.server.http.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.BlobUpload;
import io.verstak.server.blob.StoredBlob;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.content.BlobDownload;
import io.verstak.server.http.content.Disposition;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.RequestBody;
import io.verstak.server.http.guard.TransportGuard;
import io.verstak.server.http.multipart.MultipartFile;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Uploads and downloads, as in section 4 of the wire contract. */
public final class BlobApi {
    /** The name of the path's parameter. */
    public static final String SHA256 = "sha256";

    /** The largest number of digests in one request. */
    static final int MAX_ASKED = 1000;

    /** More than boundaries and the part head take; the head is limited to 8 KiB. */
    private static final long MAX_FRAMING_BYTES = 16 << 10;

    private final BlobStore blobs;
    private final LongSupplier maxBlobBytes;

    private static final int CREATED = 201;

    /** The body of a request. */
    public record MissingRequest(
            @JsonDeserialize(using = BoundedTexts.class) @Nullable
            List<@Nullable String> sha256) {}

    record Missing(List<String> missing) {}

    record Stored(String sha256, long size) {}

    public BlobApi(BlobStore blobs, LongSupplier maxBlobBytes) {
        this.blobs = blobs;
        this.maxBlobBytes = maxBlobBytes;
    }

    public Future<?> upload(Request call, DeviceIdentity device) {
        HttpServerRequest request = call.context().request();
        if (announced(request) - MAX_FRAMING_BYTES > maxBlobBytes.getAsLong()) {
            return ErrorCode.BLOB_TOO_LARGE.refuse();
        }
        MultipartFile file = MultipartFile.of(request);
        return blobs.begin(device.scope(), Optional.empty())
                .compose(upload -> receive(request, file, upload))
                .map(BlobApi::answer);
    }

    /**
     * Uploads raw bytes. They are read even if the scope holds the blob: they repair a damaged file, and other bytes
     * are refused.
     */
    public Future<?> put(Request call, DeviceIdentity device) {
        HttpServerRequest request = call.context().request();
        if (announced(request) > maxBlobBytes.getAsLong()) {
            return ErrorCode.BLOB_TOO_LARGE.refuse();
        }
        RequestBody body = new RequestBody(request);
        return Sha256.parse(call.pathParameter(SHA256))
                .map(sha256 -> blobs.begin(device.scope(), Optional.of(sha256)))
                .orElseGet(() -> ErrorCode.INVALID_BLOB_HASH.refuse())
                .compose(upload -> receive(request, body, upload))
                .map(stored -> {
                    if (stored.added()) {
                        call.status(CREATED);
                    }
                    return answer(stored);
                });
    }

    public Future<?> missing(Request call, DeviceIdentity device, MissingRequest request) {
        return blobs.missing(device.scope(), asked(request))
                .map(missing -> new Missing(missing.stream().map(Sha256::hex).toList()));
    }

    private static List<Sha256> asked(MissingRequest request) {
        List<@Nullable String> names = request.sha256() == null ? List.of() : request.sha256();
        if (names.size() > MAX_ASKED) {
            throw new ServerException(
                    ErrorCode.REQUEST_TOO_LARGE, "Too many hashes in one question; ask for 1000 at a time.");
        }
        return names.stream().map(BlobApi::sha256).toList();
    }

    private static Sha256 sha256(@Nullable String name) {
        return Sha256.parse(name == null ? "" : name)
                .orElseThrow(() -> new ServerException(ErrorCode.INVALID_BLOB_HASH));
    }

    private static Stored answer(StoredBlob stored) {
        return new Stored(stored.blob().sha256().hex(), stored.blob().size());
    }

    private static long announced(HttpServerRequest request) {
        @Nullable String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    /** Nothing of an upload is left when its refusal is answered. */
    private static Future<StoredBlob> receive(HttpServerRequest request, ReadStream<Buffer> file, BlobUpload upload) {
        Future<Void> received = TransportGuard.expectBody(request)
                .compose(proceeding -> file.pipe().endOnComplete(false).to(upload))
                .recover(failure -> upload.abort().transform(aborted -> Future.failedFuture(failure)));
        return received.compose(complete -> upload.commit());
    }

    public Future<Void> download(Request call, DeviceIdentity device) {
        return Sha256.parse(call.pathParameter(SHA256))
                .map(sha256 -> blobs.find(device.scope(), sha256)
                        .compose(blob -> new BlobDownload(
                                        blob,
                                        call.context(),
                                        "application/octet-stream",
                                        Disposition.attachment(blob.sha256().hex()))
                                .answer()))
                .orElseGet(() -> ErrorCode.INVALID_BLOB_HASH.refuse());
    }

    /** Reads a list of digests. Of an endless list it keeps only enough to see that there are too many. */
    static final class BoundedTexts extends JsonDeserializer<List<@Nullable String>> {
        private static final int MOST = MAX_ASKED + 1;

        @Override
        public List<@Nullable String> deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                context.reportInputMismatch(List.class, "not a list");
            }
            List<@Nullable String> texts = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                if (next != JsonToken.VALUE_STRING && next != JsonToken.VALUE_NULL) {
                    context.reportInputMismatch(String.class, "not a text");
                }
                if (texts.size() < MOST) {
                    texts.add(next == JsonToken.VALUE_NULL ? null : parser.getText());
                }
            }
            return texts;
        }
    }
}
