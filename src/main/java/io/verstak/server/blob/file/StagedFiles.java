package io.verstak.server.blob.file;

import io.verstak.server.blob.ResumePoint;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.EOFException;
import java.nio.file.NoSuchFileException;
import java.util.Set;

/** The bytes of uploads before they are blobs, as files of a folder. As described in {@link io.verstak.server.blob.BlobBackend}. */
public final class StagedFiles {
    private final BlobDisk disk;
    private final StagingFolder folder;

    /** @param onFatal runs once when an fsync fails; it must end the process */
    public StagedFiles(Vertx vertx, DataDirectory directory, Runnable onFatal) {
        this(BlobDisk.withThreads(vertx, directory.temp()), new Fsync(onFatal), directory);
    }

    StagedFiles(BlobDisk disk, Fsync fsync, DataDirectory directory) {
        this.disk = disk;
        this.folder = new StagingFolder(disk, fsync, directory.temp());
    }

    public StagedFile stage() {
        return folder.create();
    }

    public StagedFile staged(String uploadId) {
        return folder.finished(uploadId);
    }

    public Future<StagedBlob> resume(ResumePoint point) {
        return disk.write(() -> {
            try {
                return folder.open(point);
            } catch (NoSuchFileException | EOFException lost) {
                throw new ServerException(ErrorCode.NOT_FOUND);
            }
        });
    }

    public Future<Set<String>> recover(Set<String> uploadIds) {
        return disk.write(() -> folder.recover(uploadIds));
    }

    public Future<Integer> dropStaged(long olderThan) {
        return disk.write(() -> folder.removeOlder(olderThan));
    }

    public Future<Integer> countStaged() {
        return disk.read(folder::count);
    }

    /** Waits for the work in progress. */
    public Future<Void> close() {
        return disk.close();
    }
}
