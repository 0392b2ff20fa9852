package io.verstak.server.http.export;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.files.FileRemarks;
import io.verstak.server.files.VaultFiles;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.zip.Deflater;

/** The files and folders of a vault, or of a folder of it, as they were at a moment. */
final class FilesPart implements ArchivePart {
    private static final int PAGE = 500;

    private final VaultFiles files;
    private final Scope scope;
    private final String path;
    private final long moment;
    private final ZipWriter zip;
    private final WorkerExecutor worker;
    private final FileRemarks remarks;
    private final BlobEntry entry;
    private final Queue<FileEntry> listed = new ArrayDeque<>();
    private String after = "";
    private boolean allListed;

    /** @param path of the folder or file; empty: the vault */
    FilesPart(
            VaultFiles files,
            BlobStore blobs,
            Scope scope,
            String path,
            long moment,
            ZipWriter zip,
            WorkerExecutor worker,
            FileRemarks remarks) {
        this.files = files;
        this.scope = scope;
        this.path = path;
        this.moment = moment;
        this.zip = zip;
        this.worker = worker;
        this.remarks = remarks;
        this.entry = new BlobEntry(blobs, scope, zip, worker);
    }

    @Override
    public Future<Optional<Buffer>> next() {
        if (entry.isOpen()) {
            return entry.piece().map(Optional::of);
        }
        FileEntry file = listed.poll();
        if (file != null) {
            return begin(file);
        }
        return allListed ? Future.succeededFuture(Optional.empty()) : list();
    }

    private Future<Optional<Buffer>> list() {
        return files.walk(scope, path, moment, after, PAGE).map(page -> {
            listed.addAll(page.rows());
            after = page.next();
            allListed = after.isEmpty();
            return Optional.of(Buffer.buffer());
        });
    }

    private Future<Optional<Buffer>> begin(FileEntry file) {
        // The folder itself is in the archive, those that it is in are not.
        String name = remarks.name(file.path().substring(path.lastIndexOf('/') + 1));
        zip.time(LocalDateTime.ofInstant(Instant.ofEpochMilli(file.changedAt()), ZoneOffset.UTC));
        if (file.kind().isFolder()) {
            return Future.succeededFuture(
                    Optional.of(zip.begin(name + "/", Deflater.BEST_SPEED).appendBuffer(zip.end())));
        }
        return files.content(scope, file.sequence())
                .compose(content -> write(name, content))
                .map(Optional::of);
    }

    private Future<Buffer> write(String name, FileContent content) {
        BlobReference blob = content.blob();
        byte[] text = content.text();
        if (blob == null) {
            return worker.executeBlocking(() -> whole(name, text == null ? new byte[0] : text), false);
        }
        return entry.begin(blob, name).onSuccess(head -> {
            if (!entry.isOpen()) {
                remarks.missing(name);
            }
        });
    }

    private Buffer whole(String name, byte[] text) {
        return zip.begin(name, Deflater.BEST_SPEED)
                .appendBuffer(zip.write(text, text.length))
                .appendBuffer(zip.end());
    }

    @Override
    public Future<Void> close() {
        return entry.close();
    }
}
