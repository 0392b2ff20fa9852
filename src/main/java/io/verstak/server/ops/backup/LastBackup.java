package io.verstak.server.ops.backup;

import io.verstak.server.storage.DataDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * When the last good backup of a data directory was made: a line in a file beside the database, so that a backup needs no
 * write in it, and a restored server has none. Blocks.
 */
public final class LastBackup {
    private static final String NAME = "last-backup";

    private LastBackup() {}

    static void note(DataDirectory directory, Instant at) throws IOException {
        Path file = directory.root().resolve(NAME);
        Path fresh = directory.root().resolve(NAME + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, DataDirectory.filePermissions());
        Files.writeString(fresh, at + "\n", StandardCharsets.US_ASCII);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Empty: there is none. */
    public static Optional<Instant> of(DataDirectory directory) throws IOException {
        try {
            String line = Files.readString(directory.root().resolve(NAME), StandardCharsets.US_ASCII);
            return Optional.of(Instant.parse(line.strip()));
        } catch (NoSuchFileException | DateTimeParseException none) {
            return Optional.empty();
        }
    }
}
