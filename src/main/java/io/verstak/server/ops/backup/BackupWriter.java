package io.verstak.server.ops.backup;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.ops.backup.Manifest.Part;
import java.io.IOException;
import java.nio.file.Path;

/** Where a backup is written to. Nothing shows under the backup's name before {@link #finish}. Blocks. */
interface BackupWriter extends AutoCloseable {

    /** Where the copy of the database is to be made; it stays there until {@link #finish}. */
    Path databaseFile();

    /** Where the manifest is to be written. */
    Path manifestFile();

    /** Adds the copy of the database as it is now. */
    Part addDatabase() throws IOException;

    /** Adds a file of the data directory's root. */
    Part addFile(Path file) throws IOException;

    /**
     * Adds a blob from a file, or from an earlier backup; false when neither holds the right bytes.
     *
     * @param file where it should be
     */
    boolean addBlob(BlobReference blob, Path file) throws IOException;

    /**
     * Takes the finished manifest, checks all that was written, and gives the backup its name.
     *
     * @param manifest the head of what stands in {@link #manifestFile}
     * @param blobs how many it names
     */
    void finish(Manifest manifest, long blobs) throws IOException;

    /** The backup's place. */
    Path place();

    /** Removes what is unfinished. */
    @Override
    void close() throws IOException;
}
