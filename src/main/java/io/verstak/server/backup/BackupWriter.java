package io.verstak.server.backup;

import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.BlobReference;
import java.io.IOException;
import java.nio.file.Path;

/** The destination of a backup. Nothing appears under the backup's name before {@link #finish}. Blocks. */
interface BackupWriter extends AutoCloseable {

    /** Returns where the copy of the database is to be created; it stays there until {@link #finish}. */
    Path databaseFile();

    /** Returns where the manifest is to be written. */
    Path manifestFile();

    /** Adds the copy of the database as it is now. */
    Part addDatabase() throws IOException;

    /** Adds a file of the data directory's root. */
    Part addFile(Path file) throws IOException;

    /**
     * Adds a blob from a file or from an earlier backup. Returns false when neither holds the right bytes.
     *
     * @param file where it should be
     */
    boolean addBlob(BlobReference blob, Path file) throws IOException;

    /**
     * Takes the finished manifest, checks everything written, and gives the backup its name.
     *
     * @param manifest the head of the content of {@link #manifestFile}
     * @param blobs the number of blobs it lists
     */
    void finish(Manifest manifest, long blobs) throws IOException;

    /** Returns the location of the backup. */
    Path place();

    /** Removes unfinished parts. */
    @Override
    void close() throws IOException;
}
