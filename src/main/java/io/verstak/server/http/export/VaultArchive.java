package io.verstak.server.http.export;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.Scope;
import io.verstak.server.http.core.Json;
import io.verstak.server.sync.SyncLog;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;

/**
 * A vault as a ZIP file: {@code ops.jsonl} with one operation per line as pulls show it, {@code blobs/HASH}, and
 * finally {@code manifest.json}. Between two pieces it holds no thread, query or lock: a slow client costs memory for
 * one piece, 70 bytes per file, and at most one open file. Used on one context.
 */
final class VaultArchive implements ArchivePart {
    private final Scope scope;
    private final Instant now;
    private final ZipWriter zip;
    private final WorkerExecutor worker;
    private final ArchiveContents contents = new ArchiveContents();
    private final Deque<ArchivePart> parts;
    private boolean manifestWritten;

    VaultArchive(SyncLog log, BlobStore blobs, Scope scope, Instant now, WorkerExecutor worker) {
        this.scope = scope;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
        this.worker = worker;
        this.zip = new ZipWriter(LocalDateTime.ofInstant(now, ZoneOffset.UTC));
        this.parts = new ArrayDeque<>(List.of(
                new LogPart(log, scope, zip, worker, contents),
                new BlobsPart(blobs, scope, zip, worker, contents),
                this::manifest,
                this::directory));
    }

    @Override
    public Future<Optional<Buffer>> next() {
        ArchivePart part = parts.peek();
        if (part == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return part.next().compose(piece -> {
            if (piece.isPresent()) {
                return Future.succeededFuture(piece);
            }
            parts.poll();
            return next();
        });
    }

    private Future<Optional<Buffer>> manifest() {
        if (manifestWritten) {
            return Future.succeededFuture(Optional.empty());
        }
        manifestWritten = true;
        byte[] json =
                Json.write(contents.manifest(scope.vaultId(), now.toString())).getBytes();
        return Future.succeededFuture(Optional.of(zip.begin("manifest.json", Deflater.BEST_SPEED)
                .appendBuffer(zip.write(json, json.length))
                .appendBuffer(zip.end())));
    }

    private Future<Optional<Buffer>> directory() {
        return worker.executeBlocking(() -> Optional.of(zip.directory()).filter(piece -> piece.length() > 0), false);
    }

    @Override
    public Future<Void> close() {
        List<Future<Void>> open = parts.stream().map(ArchivePart::close).toList();
        return Future.join(open).<Void>mapEmpty().onComplete(closed -> zip.close());
    }
}
