package io.verstak.server.blob.file;

import io.verstak.server.blob.ResumePoint;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** The temporary files of uploads. All methods block, except those that name a file. */
final class StagingFolder {
    private static final String ONE_PIECE = "upload-";
    private static final String CHUNKS = "part-";

    private final BlobDisk disk;
    private final Fsync fsync;
    private final Path folder;

    StagingFolder(BlobDisk disk, Fsync fsync, Path folder) {
        this.disk = disk;
        this.fsync = fsync;
        this.folder = folder;
    }

    StagedFile create() {
        return create(ONE_PIECE);
    }

    /** Returns a new file whose name begins so. */
    StagedFile create(String prefix) {
        return StagedFile.create(disk, fsync, folder.resolve(prefix + UUID.randomUUID()));
    }

    StagedFile open(ResumePoint point) throws IOException {
        return StagedFile.open(disk, fsync, chunks(point.uploadId()), point.start(), point.known(), point.checksum());
    }

    StagedFile finished(String uploadId) {
        return StagedFile.finished(disk, fsync, chunks(uploadId));
    }

    private Path chunks(String uploadId) {
        return folder.resolve(CHUNKS + uploadId);
    }

    /**
     * Removes the files of a dead process, except those of these resumable uploads. Returns the uploads that have a
     * file.
     */
    Set<String> recover(Set<String> uploadIds) throws IOException {
        removeOlder(ONE_PIECE, Long.MAX_VALUE);
        Set<String> found = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, CHUNKS + "*")) {
            for (Path file : files) {
                String id = String.valueOf(file.getFileName()).substring(CHUNKS.length());
                if (uploadIds.contains(id)) {
                    found.add(id);
                } else {
                    Files.deleteIfExists(file);
                }
            }
        }
        return found;
    }

    /** Removes the files of uploads in one piece that were last written before a time. Returns their number. */
    int removeOlder(long time) throws IOException {
        return removeOlder(ONE_PIECE, time);
    }

    /** Removes files whose name begins so that were last written before a time. Returns their number. */
    int removeOlder(String prefix, long time) throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, prefix + "*")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toMillis() <= time && Files.deleteIfExists(file)) {
                    removed++;
                }
            }
        }
        return removed;
    }

    int count() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "{" + ONE_PIECE + "," + CHUNKS + "}*")) {
            for (Path file : files) {
                count += file.getFileName() == null ? 0 : 1;
            }
        }
        return count;
    }
}
