package io.verstak.server.http.export;

import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.Scope;
import io.verstak.server.sync.SyncLog;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.zip.Deflater;

/** The vault's operations, one per line, up to the head at the beginning of the download. */
final class LogPart implements ArchivePart {
    private final SyncLog log;
    private final Scope scope;
    private final ZipWriter zip;
    private final WorkerExecutor worker;
    private final ArchiveContents contents;
    private long cursor;
    private long end = -1;
    private boolean over;

    LogPart(SyncLog log, Scope scope, ZipWriter zip, WorkerExecutor worker, ArchiveContents contents) {
        this.log = log;
        this.scope = scope;
        this.zip = zip;
        this.worker = worker;
        this.contents = contents;
    }

    @Override
    public Future<Optional<Buffer>> next() {
        return over
                ? Future.succeededFuture(Optional.empty())
                : log.lines(scope, cursor)
                        .compose(lines -> worker.executeBlocking(() -> Optional.of(piece(lines)), false));
    }

    private Buffer piece(ExportChunk lines) {
        Buffer out = Buffer.buffer();
        if (end < 0) {
            end = lines.head();
            out.appendBuffer(zip.begin("ops.jsonl", Deflater.BEST_SPEED));
        }
        out.appendBuffer(zip.write(lines.json(), lines.json().length));
        contents.addOperations(lines.ops(), lines.last());
        cursor = lines.last();
        if (lines.ops() == 0 || cursor >= end) {
            over = true;
            out.appendBuffer(zip.end());
        }
        return out;
    }
}
