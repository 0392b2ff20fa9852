package io.verstak.server.http.export;

import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.FoundBlob;
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
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** The vault's blobs, each under its hash. Unreadable blobs are listed and skipped. */
final class BlobsPart implements ArchivePart {
    private static final int PIECE_BYTES = 256 << 10;

    private final BlobStore blobs;
    private final Scope scope;
    private final ZipWriter zip;
    private final WorkerExecutor worker;
    private final ArchiveContents contents;
    private final ByteBuffer bytes = ByteBuffer.allocate(PIECE_BYTES);
    private final Queue<BlobReference> listed = new ArrayDeque<>();
    private String after = "";
    private boolean allListed;
    private @Nullable OpenBlob open;
    /** Bytes of the open blob that are not read yet. */
    private long left;

    private record OpenBlob(FoundBlob blob, BlobContent content) {}

    BlobsPart(BlobStore blobs, Scope scope, ZipWriter zip, WorkerExecutor worker, ArchiveContents contents) {
        this.blobs = blobs;
        this.scope = scope;
        this.zip = zip;
        this.worker = worker;
        this.contents = contents;
    }

    @Override
    public Future<Optional<Buffer>> next() {
        OpenBlob current = open;
        if (current != null) {
            return piece(current);
        }
        BlobReference blob = listed.poll();
        if (blob != null) {
            return begin(blob);
        }
        return allListed ? Future.succeededFuture(Optional.empty()) : list();
    }

    private Future<Optional<Buffer>> list() {
        return blobs.list(scope, after).map(part -> {
            allListed = part.isEmpty();
            listed.addAll(part);
            after = part.isEmpty() ? after : part.get(part.size() - 1).sha256().hex();
            return Optional.of(Buffer.buffer());
        });
    }

    private Future<Optional<Buffer>> begin(BlobReference blob) {
        return blobs.find(scope, blob.sha256())
                .compose(found -> found.openPresent().map(content -> new OpenBlob(found, content)))
                .map(Optional::of)
                .recover(failure ->
                        unreadable(failure) ? Future.succeededFuture(Optional.empty()) : Future.failedFuture(failure))
                .map(found -> {
                    open = found.orElse(null);
                    left = blob.size();
                    if (found.isEmpty()) {
                        contents.addMissing(blob.sha256().hex());
                        return Optional.of(Buffer.buffer());
                    }
                    return Optional.of(zip.begin("blobs/" + blob.sha256(), Deflater.NO_COMPRESSION));
                });
    }

    private static boolean unreadable(Throwable failure) {
        return failure instanceof ServerException refusal
                && (refusal.code() == ErrorCode.BLOB_UNAVAILABLE || refusal.code() == ErrorCode.BLOB_NOT_FOUND);
    }

    private Future<Optional<Buffer>> piece(OpenBlob current) {
        return worker.executeBlocking(() -> read(current), false)
                .compose(piece ->
                        left > 0 ? Future.succeededFuture(Optional.of(piece)) : close().map(Optional.of(piece)));
    }

    private Buffer read(OpenBlob current) throws IOException {
        long size = current.blob().size();
        bytes.clear().limit((int) Math.min(left, PIECE_BYTES));
        while (bytes.hasRemaining()) {
            if (current.content().read(bytes, size - left + bytes.position()) < 0) {
                throw new EOFException("a blob got shorter while it was read");
            }
        }
        left -= bytes.position();
        Buffer out = zip.write(bytes.array(), bytes.position());
        if (left == 0) {
            out.appendBuffer(zip.end());
            contents.addBlob(size);
        }
        return out;
    }

    @Override
    public Future<Void> close() {
        OpenBlob current = open;
        open = null;
        return current == null ? Future.succeededFuture() : current.content().close();
    }
}
