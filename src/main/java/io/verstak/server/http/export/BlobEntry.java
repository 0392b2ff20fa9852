package io.verstak.server.http.export;

import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** The blob that an archive is taking in, a piece at a time; at most one is open. */
final class BlobEntry {
    private static final int PIECE_BYTES = 256 << 10;

    private final BlobStore blobs;
    private final Scope scope;
    private final ZipWriter zip;
    private final WorkerExecutor worker;
    private final ByteBuffer bytes = ByteBuffer.allocate(PIECE_BYTES);
    private @Nullable BlobContent open;
    private long size;
    /** Bytes that are not read yet. */
    private long left;

    BlobEntry(BlobStore blobs, Scope scope, ZipWriter zip, WorkerExecutor worker) {
        this.blobs = blobs;
        this.scope = scope;
        this.zip = zip;
        this.worker = worker;
    }

    boolean isOpen() {
        return open != null;
    }

    /** Begins an entry for a blob. Returns no bytes, and opens nothing, if the blob is gone or damaged. */
    Future<Buffer> begin(BlobReference blob, String name) {
        return blobs.find(scope, blob.sha256())
                .compose(found -> found.openPresent().map(content -> {
                    open = content;
                    size = found.size();
                    left = size;
                    return zip.begin(name, Deflater.NO_COMPRESSION);
                }))
                .recover(failure ->
                        isLost(failure) ? Future.succeededFuture(Buffer.buffer()) : Future.failedFuture(failure));
    }

    private static boolean isLost(Throwable failure) {
        return failure instanceof ServerException refusal
                && (refusal.code() == ErrorCode.BLOB_UNAVAILABLE || refusal.code() == ErrorCode.BLOB_NOT_FOUND);
    }

    /** Returns the next piece of the open blob; the last one ends the entry. */
    Future<Buffer> piece() {
        BlobContent content = open;
        if (content == null) {
            throw new IllegalStateException("no blob is open");
        }
        return worker.executeBlocking(() -> read(content), false)
                .compose(piece -> left > 0 ? Future.succeededFuture(piece) : close().map(piece));
    }

    private Buffer read(BlobContent content) throws IOException {
        bytes.clear().limit((int) Math.min(left, PIECE_BYTES));
        while (bytes.hasRemaining()) {
            if (content.read(bytes, size - left + bytes.position()) < 0) {
                throw new EOFException("a blob got shorter while it was read");
            }
        }
        left -= bytes.position();
        Buffer out = zip.write(bytes.array(), bytes.position());
        return left == 0 ? out.appendBuffer(zip.end()) : out;
    }

    Future<Void> close() {
        BlobContent content = open;
        open = null;
        return content == null ? Future.succeededFuture() : content.close();
    }
}
