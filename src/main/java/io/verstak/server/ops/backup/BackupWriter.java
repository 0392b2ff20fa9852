package io.verstak.server.ops.backup;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.ops.backup.Manifest.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a backup is written to. Nothing shows under the backup's name before {@link #finish}. Blocks. */
interface BackupWriter extends AutoCloseable {

    /** Where the copy of the database is to be made; the writer takes it over with {@link #addDatabase}. */
    Path databaseFile();

    Part addDatabase() throws IOException;

    /** Adds a file of the data directory's root. */
    Part addFile(Path file) throws IOException;

    /**
     * Adds a blob from a file, or from an earlier backup; empty when neither holds the right bytes.
     *
     * @param file where it should be
     */
    boolean addBlob(BlobReference blob, Path file) throws IOException;

    /** Writes the manifest, checks all that was written, and gives the backup its name. */
    void finish(Manifest manifest) throws IOException;

    /** The backup's place. */
    Path place();

    /** The time of the newest backup before this one, if there is one in the same place. */
    default Optional<Path> before() {
        return Optional.empty();
    }

    /** Removes what is unfinished. */
    @Override
    void close() throws IOException;
}
