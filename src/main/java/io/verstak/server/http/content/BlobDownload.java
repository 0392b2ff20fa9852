package io.verstak.server.http.content;

import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.FoundBlob;
import io.verstak.server.error.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers with a blob, a range of it, or 304. */
public final class BlobDownload {
    private static final int PARTIAL_CONTENT = 206;
    private static final int NOT_MODIFIED = 304;
    private static final String RANGE = "Range";
    private static final String IF_RANGE = "If-Range";
    private static final String CONTENT_DISPOSITION = "Content-Disposition";

    /** What an answer without the bytes must not say of them. */
    private static final List<String> DESCRIBED =
            List.of("Content-Range", "Content-Type", "Content-Length", CONTENT_DISPOSITION, "ETag", "Accept-Ranges");

    private final FoundBlob blob;
    private final boolean head;
    private final MultiMap request;
    private final HttpServerResponse response;
    private final EntityTag tag;
    private final String type;
    private final String disposition;

    /**
     * @param type of the bytes, for browsers
     * @param disposition what a browser does with them, see {@link Disposition}
     */
    public BlobDownload(FoundBlob blob, RoutingContext context, String type, String disposition) {
        this.blob = blob;
        this.type = type;
        this.disposition = disposition;
        this.head = context.request().method().equals(HttpMethod.HEAD);
        this.request = context.request().headers();
        this.response = context.response();
        this.tag = EntityTag.of(blob.sha256().hex());
    }

    /** Evaluates the conditions in the order of RFC 9110, section 13.2.2. */
    public Future<Void> answer() {
        if (request.contains(HttpHeaders.IF_MATCH) && !tag.isStronglyIn(request.getAll(HttpHeaders.IF_MATCH))) {
            return ErrorCode.PRECONDITION_FAILED.refuse();
        }
        if (tag.isWeaklyIn(request.getAll(HttpHeaders.IF_NONE_MATCH))) {
            return response.setStatusCode(NOT_MODIFIED)
                    .putHeader(HttpHeaders.ETAG, tag.text())
                    .end();
        }
        Optional<ByteRange> range = ByteRange.parse(ranges(), blob.size());
        if (range.isEmpty()) {
            return send(new ByteRange(0, blob.size()), false);
        }
        return range.get().isSatisfiable() ? send(range.get(), true) : refuseRange();
    }

    /**
     * Ranges apply to GET only (RFC 9110, section 14.2), and only while the bytes are those of the client's first part.
     */
    private List<String> ranges() {
        @Nullable String ifRange = request.get(IF_RANGE);
        return head || (ifRange != null && !tag.is(ifRange)) ? List.of() : request.getAll(RANGE);
    }

    private Future<Void> refuseRange() {
        response.putHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + blob.size());
        return ErrorCode.RANGE_NOT_SATISFIABLE.refuse();
    }

    private Future<Void> send(ByteRange bytes, boolean part) {
        if (head || bytes.length() == 0) {
            describe(bytes, part);
            return response.end();
        }
        return blob.open().compose(content -> send(content, bytes, part));
    }

    /** The content is closed however the answer ends. */
    private Future<Void> send(BlobContent content, ByteRange bytes, boolean part) {
        return Future.succeededFuture()
                .compose(open -> {
                    describe(bytes, part);
                    return content.send(response, bytes.from(), bytes.length());
                })
                .recover(failure -> {
                    if (!response.headWritten()) {
                        DESCRIBED.forEach(response.headers()::remove);
                    }
                    return Future.failedFuture(failure);
                })
                .eventually(content::close);
    }

    private void describe(ByteRange bytes, boolean part) {
        if (part) {
            long last = bytes.from() + bytes.length() - 1;
            response.setStatusCode(PARTIAL_CONTENT)
                    .putHeader(HttpHeaders.CONTENT_RANGE, "bytes %s-%s/%s".formatted(bytes.from(), last, blob.size()));
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(bytes.length()))
                .putHeader(CONTENT_DISPOSITION, disposition)
                .putHeader(HttpHeaders.ETAG, tag.text())
                .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
    }
}
