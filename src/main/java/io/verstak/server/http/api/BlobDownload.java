package io.verstak.server.http.api;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.file.BlobFile;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers with a blob, a range of it, or 304. */
final class BlobDownload {
    private static final int PARTIAL_CONTENT = 206;
    private static final int NOT_MODIFIED = 304;
    private static final String RANGE = "Range";
    private static final String IF_RANGE = "If-Range";
    private static final String CONTENT_DISPOSITION = "Content-Disposition";

    private final BlobStore blobs;
    private final BlobFile file;
    private final boolean head;
    private final MultiMap request;
    private final HttpServerResponse response;
    private final EntityTag tag;

    BlobDownload(BlobStore blobs, BlobFile file, RoutingContext context) {
        this.blobs = blobs;
        this.file = file;
        this.head = context.request().method().equals(HttpMethod.HEAD);
        this.request = context.request().headers();
        this.response = context.response();
        this.tag = EntityTag.of(file.sha256().hex());
    }

    /** Evaluates the conditions in the order of RFC 9110, section 13.2.2. */
    Future<Void> answer() {
        if (request.contains(HttpHeaders.IF_MATCH) && !tag.isStronglyIn(request.getAll(HttpHeaders.IF_MATCH))) {
            return Future.failedFuture(new ServerException(ErrorCode.PRECONDITION_FAILED));
        }
        if (tag.isWeaklyIn(request.getAll(HttpHeaders.IF_NONE_MATCH))) {
            return response.setStatusCode(NOT_MODIFIED)
                    .putHeader(HttpHeaders.ETAG, tag.text())
                    .end();
        }
        Optional<ByteRange> range = ByteRange.parse(ranges(), file.size());
        if (range.isEmpty()) {
            return send(new ByteRange(0, file.size()), false);
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
        response.putHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + file.size());
        return Future.failedFuture(new ServerException(ErrorCode.RANGE_NOT_SATISFIABLE));
    }

    private Future<Void> send(ByteRange bytes, boolean part) {
        if (head || bytes.length() == 0) {
            describe(bytes, part);
            return response.end();
        }
        return blobs.open(file).compose(channel -> send(channel, bytes, part));
    }

    /** The channel is closed however the answer ends. */
    private Future<Void> send(FileChannel channel, ByteRange bytes, boolean part) {
        return Future.succeededFuture()
                .compose(open -> {
                    describe(bytes, part);
                    return response.sendFile(channel, bytes.from(), bytes.length());
                })
                .eventually(() -> blobs.close(channel));
    }

    private void describe(ByteRange bytes, boolean part) {
        if (part) {
            long last = bytes.from() + bytes.length() - 1;
            response.setStatusCode(PARTIAL_CONTENT)
                    .putHeader(HttpHeaders.CONTENT_RANGE, "bytes %s-%s/%s".formatted(bytes.from(), last, file.size()));
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
                .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(bytes.length()))
                .putHeader(CONTENT_DISPOSITION, "attachment; filename=\"" + file.sha256() + '"')
                .putHeader(HttpHeaders.ETAG, tag.text())
                .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
    }
}
