package io.verstak.server.cli;

import io.verstak.server.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Says before a command begins, in one line, what its user may not write, and what to do about it. */
final class FolderAccess {
    private static final String USER = System.getProperty("user.name");

    private FolderAccess() {}

    /** @throws StorageException if the user may not create a folder, or files in it */
    static void requireWritable(Path folder) {
        if (!isWritable(folder)) {
            throw new StorageException(
                    "%s: user %s may not write there; create the folder for this user, as root: install -d -m 0700 -o %s '%s'"
                            .formatted(folder, USER, USER, folder));
        }
    }

    /**
     * Ends a start in one line when the unit of systemd does not let the server write to its data.
     *
     * @throws StorageException if so
     */
    static void requireWithinUnit(Path dataDir) {
        if (System.getenv("INVOCATION_ID") != null && !isWritable(dataDir)) {
            throw new StorageException(
                    "%s: the service cannot write to its data directory; run 'sudo verstak-server-configure', which makes it"
                                    .formatted(dataDir)
                            + " and lets the unit write there, and start the service again");
        }
    }

    /** Whether a folder can be written to; of one that does not exist yet, the nearest above it that does. */
    static boolean isWritable(Path folder) {
        for (@Nullable Path existing = folder.toAbsolutePath(); existing != null; existing = existing.getParent()) {
            if (Files.exists(existing)) {
                return Files.isWritable(existing);
            }
        }
        return false;
    }
}
