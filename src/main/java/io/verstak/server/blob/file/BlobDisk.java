package io.verstak.server.blob.file;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File access for blobs from event loops: every call runs on its own threads, reads apart from writes, so that no
 * download waits for an fsync. Futures complete on the caller's context.
 */
public final class BlobDisk {
    private static final Logger LOG = LoggerFactory.getLogger(BlobDisk.class);
    private static final int WRITERS = 8;
    private static final int READERS = 4;
    private static final String UPLOAD_PREFIX = "upload-";
    private static final String PART_PREFIX = "part-";
    /** A disk with less free space than this counts as full, because the system's error message is localized. */
    private static final long FULL_BELOW_BYTES = 1 << 20;

    private final WorkerExecutor writers;
    private final WorkerExecutor readers;
    private final Path temp;
    private final Fsync durability;
    private final BlobFileStore finished;
    private final BlobInspector inspector;

    /** @param onFatal runs once when an fsync fails; it must end the process */
    public BlobDisk(Vertx vertx, DataDirectory directory, Runnable onFatal) {
        writers = vertx.createSharedWorkerExecutor("blob-writer", WRITERS);
        readers = vertx.createSharedWorkerExecutor("blob-reader", READERS);
        temp = directory.temp();
        durability = new Fsync(onFatal);
        inspector = new BlobInspector(directory, onFatal);
        finished = new BlobFileStore(new BlobPaths(directory.blobs(), durability));
    }

    /** For work that is passed to {@link #read} or {@link #write} only. */
    public BlobFileStore finished() {
        return finished;
    }

    /** For work on threads that may block only. */
    public BlobInspector inspector() {
        return inspector;
    }

    public TempFile newTempFile() {
        return new TempFile(temp.resolve(UPLOAD_PREFIX + UUID.randomUUID()), durability);
    }

    /** Returns the file of a resumable upload. */
    public Path partFile(String uploadId) {
        return temp.resolve(PART_PREFIX + uploadId);
    }

    /** For work that is passed to {@link #write} only. */
    public Fsync durability() {
        return durability;
    }

    /** Runs work that only reads. Fails with {@code BLOB_UNAVAILABLE} when the disk refuses. */
    public <T> Future<T> read(Callable<T> work) {
        return readers.executeBlocking(work, false).recover(failure -> {
            if (failure instanceof IOException) {
                LOG.warn("a blob cannot be read: {}", failure.toString());
                return Future.failedFuture(new ServerException(ErrorCode.BLOB_UNAVAILABLE));
            }
            return Future.failedFuture(failure);
        });
    }

    /** Runs work that writes. Fails with {@code STORAGE_FULL} or {@code UNAVAILABLE} when the disk refuses. */
    public <T> Future<T> write(Callable<T> work) {
        return writers.executeBlocking(() -> translated(work), false);
    }

    /** Removes the temporary files of a previous process. */
    public Future<Void> removeLeftovers() {
        return write(() -> {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(temp, UPLOAD_PREFIX + "*")) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            return null;
        });
    }

    /** Removes temporary files that have not been written to since a time, while other uploads are in progress. */
    public Future<Integer> removeTemporary(long olderThan) {
        return write(() -> {
            int removed = 0;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(temp, UPLOAD_PREFIX + "*")) {
                for (Path file : files) {
                    if (Files.getLastModifiedTime(file).toMillis() <= olderThan && Files.deleteIfExists(file)) {
                        removed++;
                    }
                }
            }
            return removed;
        });
    }

    /**
     * Returns the number of temporary files: uploads in progress, resumable ones included, and leftovers of broken
     * ones.
     */
    public Future<Integer> countTemporary() {
        return read(() -> {
            int count = 0;
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(temp, "{" + UPLOAD_PREFIX + "," + PART_PREFIX + "}*")) {
                for (Path file : files) {
                    count += file.getFileName() == null ? 0 : 1;
                }
            }
            return count;
        });
    }

    /** Removes the files of resumable uploads except these. Returns those of them that have a file. */
    public Future<Set<String>> removePartsBut(Set<String> uploadIds) {
        Set<String> found = new HashSet<>();
        return write(() -> {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(temp, PART_PREFIX + "*")) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    String id = name.substring(PART_PREFIX.length());
                    if (uploadIds.contains(id)) {
                        found.add(id);
                    } else {
                        Files.deleteIfExists(file);
                    }
                }
            }
            return found;
        });
    }

    public Future<Void> close() {
        return Future.join(writers.close(), readers.close()).mapEmpty();
    }

    private <T> T translated(Callable<T> work) throws Exception {
        try {
            return work.call();
        } catch (IOException failure) {
            boolean full = isFull(failure);
            LOG.error("an upload cannot be written: {}", full ? "the disk is full" : failure.toString());
            throw new ServerException(full ? ErrorCode.STORAGE_FULL : ErrorCode.UNAVAILABLE);
        }
    }

    /** Compares free space, since Java has no error code for a full disk and the system's message is localized. */
    private boolean isFull(IOException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("no space left") || message.contains("quota exceeded")) {
            return true;
        }
        // Not by Files.getFileStore: it reads the table of mounts, which a service may not see. Both are 0 when it is
        // not known.
        File disk = temp.toFile();
        return disk.getUsableSpace() < FULL_BELOW_BYTES && disk.getTotalSpace() > 0;
    }
}
