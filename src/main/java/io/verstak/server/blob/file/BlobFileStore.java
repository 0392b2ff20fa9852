package io.verstak.server.blob.file;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.ResumePoint;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Blobs as files of a folder, each named by its hash. */
public final class BlobFileStore implements BlobBackend {
    private final BlobDisk disk;
    private final StagedFiles staging;
    private final BlobPaths paths;
    private final BlobInspector inspector;

    /**
     * Creates the store of a server.
     *
     * @param onFatal runs once when an fsync fails; it must end the process
     */
    public BlobFileStore(Vertx vertx, DataDirectory directory, Runnable onFatal) {
        this(BlobDisk.withThreads(vertx, directory.temp()), directory, new Fsync(onFatal));
    }

    private BlobFileStore(BlobDisk disk, DataDirectory directory, Fsync fsync) {
        this(disk, directory, new BlobPaths(directory.blobs(), fsync), fsync);
    }

    BlobFileStore(BlobDisk disk, DataDirectory directory, BlobPaths paths, Fsync fsync) {
        this.disk = disk;
        this.paths = paths;
        this.staging = new StagedFiles(disk, fsync, directory);
        this.inspector = new BlobInspector(directory, paths, fsync);
    }

    /**
     * This is where a blob becomes durable: all uploads and the import pass here. The bytes are in a temporary file, and
     * were hashed on their way into it. A failed fsync ends the process, see {@link Fsync}: no later step runs.
     */
    @Override
    public <T> Future<T> save(
            StagedBlob staged, BlobReference blob, @Nullable Long fileTime, Function<Long, Future<T>> row) {
        StagedFile temporary = (StagedFile) staged;
        return disk.write(() -> {
                    // The folders, and their names. A crash leaves them empty.
                    paths.make(blob.sha256());
                    BlobVerdict existing = inspector.judge(blob, fileTime);
                    if (existing == BlobVerdict.WHOLE) {
                        temporary.delete();
                    } else {
                        // fsync before the rename, so that no name leads to missing bytes. A crash leaves a temporary
                        // file, which the next start removes or, if its upload is resumable, saves.
                        temporary.finish();
                        rename(temporary, blob.sha256(), existing);
                    }
                    // The name, also that of an existing file: the process that stored it may have died before this
                    // line. A crash leaves a file without a row: the next upload of the same bytes uses it, or the
                    // garbage collection deletes it.
                    paths.force(blob.sha256());
                    return inspector.time(blob.sha256());
                })
                // The row comes last: a row without its file would promise bytes that are not there.
                .compose(row);
    }

    private void rename(StagedFile temporary, Sha256 sha256, BlobVerdict existing) throws IOException {
        try {
            Files.move(temporary.path(), paths.file(sha256), StandardCopyOption.ATOMIC_MOVE);
            inspector.forget(sha256);
        } catch (NoSuchFileException lost) {
            if (existing.isDamage()) {
                throw new ServerException(ErrorCode.BLOB_UNAVAILABLE);
            }
            throw lost;
        }
    }

    @Override
    public StagedFile stage() {
        return staging.stage();
    }

    @Override
    public StagedFile staged(String uploadId) {
        return staging.staged(uploadId);
    }

    @Override
    public Future<StagedBlob> resume(ResumePoint point) {
        return staging.resume(point);
    }

    @Override
    public Future<BlobVerdict> look(BlobReference blob, @Nullable Long fileTime) {
        return disk.read(() -> inspector.look(blob, fileTime));
    }

    @Override
    public Future<BlobVerdict> judge(BlobReference blob) {
        return disk.read(() -> inspector.judge(blob));
    }

    @Override
    public Future<Set<Sha256>> knownLost(Map<BlobReference, Long> fileTimes) {
        return disk.read(() -> fileTimes.entrySet().stream()
                .filter(entry -> inspector.isKnownToBeLost(entry.getKey(), entry.getValue()))
                .map(entry -> entry.getKey().sha256())
                .collect(Collectors.toSet()));
    }

    @Override
    public BlobVerdict check(BlobReference blob, LongConsumer progress) {
        return inspector.check(blob, progress);
    }

    @Override
    public Future<BlobContent> open(BlobReference blob) {
        return disk.read(() -> {
            if (inspector.look(blob) != BlobVerdict.WHOLE) {
                throw new IOException("the file is missing or has changed its size");
            }
            return new OpenFile(inspector.open(blob.sha256()), disk);
        });
    }

    /** An open file. The system sends it without copying its bytes through this process. */
    private record OpenFile(FileChannel channel, BlobDisk disk) implements BlobContent {
        @Override
        public Future<Void> send(HttpServerResponse response, long from, long length) {
            return response.sendFile(channel, from, length);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public Future<Void> close() {
            return disk.read(() -> {
                channel.close();
                return null;
            });
        }
    }

    @Override
    public Future<Void> remove(Sha256 sha256) {
        return disk.write(() -> {
            Files.deleteIfExists(paths.file(sha256));
            return null;
        });
    }

    @Override
    public Future<Boolean> quarantine(BlobReference blob) {
        return disk.read(() -> inspector.check(blob, bytes -> {}).isDamage())
                .compose(damaged -> disk.write(() -> {
                    if (damaged) {
                        inspector.quarantine(blob.sha256());
                    }
                    return damaged;
                }));
    }

    @Override
    public Future<Set<String>> recover(Set<String> uploadIds) {
        return staging.recover(uploadIds);
    }

    @Override
    public Future<Integer> dropStaged(long olderThan) {
        return staging.dropStaged(olderThan);
    }

    @Override
    public Future<Integer> countStaged() {
        return staging.countStaged();
    }

    @Override
    public Future<List<Sha256>> olderThan(int part, long time) {
        return disk.read(() -> paths.olderThan(part, time));
    }

    @Override
    public Future<Void> close() {
        return disk.close();
    }
}
