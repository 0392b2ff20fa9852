package io.verstak.server.ops.backup;

import io.verstak.server.domain.Sha256;
import io.verstak.server.ops.backup.Manifest.Part;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.RestoredDatabase;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data directory from a backup. Until all is there and checked, its database has no name under which a server
 * would find it. Blocks.
 */
public final class Restore {
    private final Clock clock;
    private final Supplier<String> logIds;

    /**
     * What was restored.
     *
     * @param from the backup
     * @param vaults logs that go on {@value RestoredDatabase#SKIPPED} higher, under another {@code log_id}
     * @param missing blobs that the backup does not hold whole
     */
    public record Report(
            String from, String createdAt, int vaults, long operations, long blobs, List<String> missing) {}

    /** @param logIds makes the logs' new ids */
    public Restore(Clock clock, Supplier<String> logIds) {
        this.clock = clock;
        this.logIds = logIds;
    }

    /**
     * Restores a backup into a directory that is empty, or not there yet.
     *
     * @param from the backup, or a folder of them: then its newest
     * @param acceptDamage takes a backup of which blobs are damaged; they stay unavailable until they are uploaded again
     * @throws StorageException in one line for a person; then nothing is left in the directory
     */
    public Report run(Path from, Path to, boolean acceptDamage) {
        try {
            requireEmpty(to);
            Path backup = BackupReader.find(from);
            boolean made = !Files.exists(to);
            try (DataDirectory directory = DataDirectory.openNew(to)) {
                return fill(backup, directory, acceptDamage);
            } catch (IOException | RuntimeException failure) {
                empty(to, made);
                throw failure;
            }
        } catch (IOException e) {
            throw new StorageException("%s: cannot be restored: %s".formatted(from, e), e);
        }
    }

    private static void requireEmpty(Path to) throws IOException {
        if (Files.exists(to)) {
            try (Stream<Path> entries = Files.list(to)) {
                if (entries.findAny().isPresent()) {
                    throw new StorageException("%s: is not empty: restore into a new directory".formatted(to));
                }
            }
        }
    }

    private Report fill(Path backup, DataDirectory directory, boolean acceptDamage) throws IOException {
        Filling filling = new Filling(directory);
        Manifest manifest = BackupReader.read(backup, filling);
        List<Sha256> missing = filling.missing(manifest, backup);
        if (!missing.isEmpty() && !acceptDamage) {
            throw new StorageException(
                    "%s: %d of its files are damaged or missing, the first is blob %s; --accept-damage restores the others"
                            .formatted(backup, missing.size(), missing.get(0)));
        }
        parse(manifest.missing()).forEach(missing::add);
        HashedCopy.forceFolders(directory.blobs());
        int vaults = RestoredDatabase.renew(directory, logIds, missing, manifest.createdAt(), clock.millis());
        directory.finish();
        return new Report(
                backup.toString(),
                manifest.createdAt(),
                vaults,
                manifest.operations(),
                manifest.blobs().size(),
                missing.stream().map(Sha256::hex).toList());
    }

    private static List<Sha256> parse(List<String> lines) {
        List<Sha256> blobs = new ArrayList<>();
        lines.forEach(line -> Sha256.parse(line.split(" ", 2)[0]).ifPresent(blobs::add));
        return blobs;
    }

    /** Puts files where they belong; a blob with other bytes than its name says is left out. */
    private static final class Filling implements BackupReader.FileConsumer {
        private final DataDirectory directory;
        private @Nullable Part database;
        private Part secretKey = Part.NONE;
        private Part settings = Part.NONE;

        Filling(DataDirectory directory) {
            this.directory = directory;
        }

        @Override
        public void accept(String name, InputStream content, FileTime time) throws IOException {
            switch (name) {
                case "server.db" -> {
                    Files.deleteIfExists(directory.database());
                    database = HashedCopy.write(content, directory.database(), time);
                }
                case "secret.key" -> secretKey = HashedCopy.write(content, directory.secretKey(), time);
                case Manifest.SETTINGS ->
                    settings = HashedCopy.write(content, directory.root().resolve(Manifest.SETTINGS), time);
                default -> blob(name.substring(name.lastIndexOf('/') + 1), content, time);
            }
        }

        private void blob(String name, InputStream content, FileTime time) throws IOException {
            Optional<Sha256> sha256 = Sha256.parse(name);
            if (sha256.isEmpty()) {
                return;
            }
            Path file = DataDirectory.blobFile(directory.blobs(), sha256.get());
            DataDirectory.folder(file.resolveSibling(".").normalize());
            if (!HashedCopy.write(content, file, time).sha256().equals(name)) {
                Files.delete(file);
            }
        }

        private static void requireSame(boolean same, Path backup, String name) {
            if (!same) {
                throw new StorageException("%s: its %s is damaged".formatted(backup, name));
            }
        }

        /** The blobs that are not there as the manifest has them. */
        List<Sha256> missing(Manifest manifest, Path backup) throws IOException {
            requireSame(manifest.database().equals(database), backup, "server.db");
            requireSame(manifest.secretKey().equals(secretKey), backup, "secret.key");
            requireSame(manifest.settings().equals(settings), backup, Manifest.SETTINGS);
            List<Sha256> missing = new ArrayList<>();
            for (Sha256 blob : parse(manifest.blobs())) {
                if (!Files.exists(DataDirectory.blobFile(directory.blobs(), blob))) {
                    missing.add(blob);
                }
            }
            return missing;
        }
    }

    private static void empty(Path to, boolean all) throws IOException {
        if (all) {
            BackupFolder.delete(to);
            return;
        }
        try (Stream<Path> entries = Files.list(to)) {
            for (Path entry : entries.toList()) {
                BackupFolder.delete(entry);
            }
        }
    }
}
