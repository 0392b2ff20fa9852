package io.verstak.server.blob.file;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs file access for event loops on its own threads, reads apart from writes, so that no download waits for an fsync.
 * Futures complete on the caller's context.
 */
final class BlobDisk {
    private static final Logger LOG = LoggerFactory.getLogger(BlobDisk.class);
    private static final int WRITERS = 8;
    private static final int READERS = 4;
    /** A disk with less free space than this counts as full, because the system's error message is localized. */
    private static final long FULL_BELOW_BYTES = 1 << 20;

    private final Path folder;
    private final @Nullable WorkerExecutor writers;
    private final @Nullable WorkerExecutor readers;

    private BlobDisk(Path folder, @Nullable WorkerExecutor writers, @Nullable WorkerExecutor readers) {
        this.folder = folder;
        this.writers = writers;
        this.readers = readers;
    }

    /** @param folder on the disk in question */
    static BlobDisk withThreads(Vertx vertx, Path folder) {
        return new BlobDisk(
                folder,
                vertx.createSharedWorkerExecutor("blob-writer", WRITERS),
                vertx.createSharedWorkerExecutor("blob-reader", READERS));
    }

    /** Returns a disk for callers that may block: work runs at once on their thread, and failures stay as they are. */
    static BlobDisk blocking(Path folder) {
        return new BlobDisk(folder, null, null);
    }

    /** Runs work that only reads. Fails with {@code BLOB_UNAVAILABLE} when the disk refuses. */
    <T> Future<T> read(Callable<T> work) {
        if (readers == null) {
            return now(work);
        }
        return readers.executeBlocking(work, false).recover(failure -> {
            if (failure instanceof IOException) {
                LOG.warn("a blob cannot be read: {}", failure.toString());
                return Future.failedFuture(new ServerException(ErrorCode.BLOB_UNAVAILABLE));
            }
            return Future.failedFuture(failure);
        });
    }

    /** Runs work that writes. Fails with {@code STORAGE_FULL} or {@code UNAVAILABLE} when the disk refuses. */
    <T> Future<T> write(Callable<T> work) {
        return writers == null ? now(work) : writers.executeBlocking(() -> translated(work), false);
    }

    Future<Void> close() {
        return writers == null || readers == null
                ? Future.succeededFuture()
                : Future.join(writers.close(), readers.close()).mapEmpty();
    }

    private static <T> Future<T> now(Callable<T> work) {
        try {
            return Future.succeededFuture(work.call());
        } catch (Exception failure) {
            return Future.failedFuture(failure);
        }
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
        File disk = folder.toFile();
        return disk.getUsableSpace() < FULL_BELOW_BYTES && disk.getTotalSpace() > 0;
    }
}
