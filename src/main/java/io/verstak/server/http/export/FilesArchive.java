package io.verstak.server.http.export;

import io.verstak.server.files.FileRemarks;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.zip.Deflater;

/**
 * The files of a vault as a ZIP file of plain files and folders, with a text about what needs to be known, if anything does. Between
 * two pieces it holds no thread, query or lock. Used on one context.
 */
final class FilesArchive implements ArchivePart {
    private final FilesPart files;
    private final FileRemarks remarks;
    private final ZipWriter zip;
    private final WorkerExecutor worker;
    private boolean filesWritten;
    private boolean remarksWritten;

    FilesArchive(FilesPart files, FileRemarks remarks, ZipWriter zip, WorkerExecutor worker) {
        this.files = files;
        this.remarks = remarks;
        this.zip = zip;
        this.worker = worker;
    }

    @Override
    public Future<Optional<Buffer>> next() {
        if (!filesWritten) {
            return files.next().compose(piece -> {
                filesWritten = piece.isEmpty();
                return filesWritten ? next() : Future.succeededFuture(piece);
            });
        }
        if (!remarksWritten) {
            remarksWritten = true;
            return remarks.isEmpty() ? next() : Future.succeededFuture(Optional.of(remarks()));
        }
        return worker.executeBlocking(() -> Optional.of(zip.directory()).filter(piece -> piece.length() > 0), false);
    }

    private Buffer remarks() {
        byte[] text = remarks.text();
        return zip.begin(remarks.fileName(), Deflater.BEST_SPEED)
                .appendBuffer(zip.write(text, text.length))
                .appendBuffer(zip.end());
    }

    @Override
    public Future<Void> close() {
        return files.close().onComplete(closed -> zip.close());
    }
}
