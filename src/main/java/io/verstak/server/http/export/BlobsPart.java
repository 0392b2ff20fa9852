package io.verstak.server.http.export;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** The vault's blobs, each under its hash. Unreadable blobs are listed and skipped. */
final class BlobsPart implements ArchivePart {
    private final BlobStore blobs;
    private final Scope scope;
    private final ArchiveContents contents;
    private final BlobEntry entry;
    private final Queue<BlobReference> listed = new ArrayDeque<>();
    private String after = "";
    private boolean allListed;

    BlobsPart(BlobStore blobs, Scope scope, ZipWriter zip, WorkerExecutor worker, ArchiveContents contents) {
        this.blobs = blobs;
        this.scope = scope;
        this.contents = contents;
        this.entry = new BlobEntry(blobs, scope, zip, worker);
    }

    @Override
    public Future<Optional<Buffer>> next() {
        if (entry.isOpen()) {
            return entry.piece().map(Optional::of);
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
        return entry.begin(blob, "blobs/" + blob.sha256()).map(head -> {
            if (entry.isOpen()) {
                contents.addBlob(blob.size());
            } else {
                contents.addMissing(blob.sha256().hex());
            }
            return Optional.of(head);
        });
    }

    @Override
    public Future<Void> close() {
        return entry.close();
    }
}
