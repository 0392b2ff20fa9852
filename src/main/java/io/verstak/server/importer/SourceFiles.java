package io.verstak.server.importer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Looks at files of the Go server, which belong to another user. Never asks whether a file exists or is readable: the answer to that
 * knows nothing of the right to read everything, with which an import may run, and takes what is forbidden for missing.
 */
final class SourceFiles {
    private SourceFiles() {}

    /**
     * Returns what the file system says of a file; empty if there is none.
     *
     * @throws ImportException if it may not be looked at
     */
    static Optional<BasicFileAttributes> find(Path file) throws IOException {
        try {
            return Optional.of(Files.readAttributes(file, BasicFileAttributes.class));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (AccessDeniedException denied) {
            throw forbidden(file, denied);
        }
    }

    /** The refusal of an import that may not read everything: it would take for missing what is there. */
    static ImportException forbidden(Path file, Exception cause) {
        return new ImportException(
                "%s: permission denied for user %s. Run the import as root (sudo verstak-server import ...), or import a copy that this user can read"
                        .formatted(file, System.getProperty("user.name")),
                cause);
    }
}
