package io.verstak.server.move;

import io.verstak.server.domain.Sha256;
import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/** The key that a server seals values with. Each server has its own, so that it says which server's data a database has. Blocks. */
final class ServerKey {
    private static final int BYTES = 32;
    private static final byte[] PURPOSE = "verstak-server move".getBytes(StandardCharsets.US_ASCII);

    private final Path file;
    private final byte[] key;

    /** @throws StorageException in one line for a person, if the file is missing or is not a key */
    ServerKey(Path file) throws IOException {
        this.file = file;
        if (!Files.isRegularFile(file)) {
            throw new StorageException(
                    "%s: is missing, and with it the key of the sealed values; put the one of the last backup there"
                            .formatted(file));
        }
        this.key = Files.readAllBytes(file);
        if (key.length != BYTES) {
            throw new StorageException("%s: holds %s bytes and not a key of %s; put the one of the last backup there"
                    .formatted(file, key.length, BYTES));
        }
    }

    /** Returns what tells servers apart; the key cannot be found from it. */
    String server() {
        byte[] both = Arrays.copyOf(PURPOSE, PURPOSE.length + key.length);
        System.arraycopy(key, 0, both, PURPOSE.length, key.length);
        return Sha256.of(both).hex();
    }

    /**
     * Copies the key to where the moved server reads it, unless it is there.
     *
     * @throws StorageException in one line for a person, if another key is there or none can be written
     */
    void bringTo(Path target) {
        try {
            bring(target);
        } catch (IOException failure) {
            throw new StorageException(
                    "%s: the key cannot be put there: %s; copy %s there yourself (owner root, group verstak-server, mode 0640), and run the command again"
                            .formatted(target, FailureReason.of(failure), file),
                    failure);
        }
    }

    /** @throws StorageException in one line for a person, if another key is where the moved server reads it */
    void requireNoOther(Path target) throws IOException {
        if (Files.exists(target) && !Arrays.equals(Files.readAllBytes(target), key)) {
            throw new StorageException(
                    "%s: holds another key than %s, which opens the sealed values; put that one there"
                            .formatted(target, file));
        }
    }

    private void bring(Path target) throws IOException {
        requireNoOther(target);
        if (Files.exists(target)) {
            return;
        }
        Path unnamed = target.resolveSibling(target.getFileName() + ".new");
        Files.deleteIfExists(unnamed);
        Files.write(PrivateFiles.file(unnamed), key);
        PrivateFiles.force(unnamed);
        Files.move(unnamed, target, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.force(target.toAbsolutePath().resolveSibling("."));
    }
}
