package io.verstak.server.backup;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
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
        PrivateFiles.file(fresh);
        Files.writeString(fresh, at + "\n", StandardCharsets.US_ASCII);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Empty: there is none, or it is dated in the future: the clock was ahead when it was made, and nobody knows how old it is.
     * Where the file cannot be read, its own time is as good.
     */
    public static Optional<Instant> of(DataDirectory directory, Instant now) throws IOException {
        return read(directory.root().resolve(NAME)).filter(at -> at.isBefore(now.plus(BackupFolder.SLACK)));
    }

    private static Optional<Instant> read(Path file) throws IOException {
        try {
            return Optional.of(Instant.parse(
                    Files.readString(file, StandardCharsets.US_ASCII).strip()));
        } catch (NoSuchFileException | DateTimeParseException none) {
            return Optional.empty();
        } catch (AccessDeniedException | CharacterCodingException unreadable) {
            return Optional.of(Files.getLastModifiedTime(file).toInstant());
        }
    }
}
