package io.verstak.server.backup;

import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.UnfinishedDirectory;
import io.verstak.server.storage.sqlite.RestoredDatabase;
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
     * Restores a backup into a directory that is empty, or not there yet, or holds what a killed restore has left.
     *
     * @param from the backup, or a folder of them: then its newest
     * @param acceptDamage takes a backup of which blobs are damaged; they stay unavailable until they are uploaded again
     * @throws StorageException in one line for a person; then nothing is left in the directory
     */
    public Report run(Path from, Path to, boolean acceptDamage) {
        try {
            boolean made = !Files.exists(to);
            if (!made && !UnfinishedDirectory.is(to)) {
                throw new StorageException("%s: is not empty; restore into a new directory".formatted(to));
            }
            Path backup = BackupReader.find(from, clock.instant());
            try (DataDirectory directory = DataDirectory.openNew(to, DataDirectory::requireNone)) {
                return filled(backup, directory, acceptDamage, made);
            }
        } catch (IOException e) {
            throw new StorageException("%s: cannot be restored: %s".formatted(from, FailureReason.withFile(e)), e);
        }
    }

    private Report filled(Path backup, DataDirectory directory, boolean acceptDamage, boolean made) throws IOException {
        try {
            empty(directory);
            return fill(backup, directory, acceptDamage);
        } catch (IOException | RuntimeException failure) {
            empty(directory);
            directory.abandon();
            BackupFolder.delete(directory.blobs());
            BackupFolder.delete(directory.temp());
            directory.removeLock();
            if (made) {
                Files.delete(directory.root());
            }
            throw failure;
        }
    }

    private Report fill(Path backup, DataDirectory directory, boolean acceptDamage) throws IOException {
        try (ForcedFiles blobs = new ForcedFiles()) {
            Filling filling = new Filling(directory, blobs);
            Manifest manifest = BackupReader.read(backup, filling);
            blobs.finish();
            return finish(backup, directory, manifest, filling, acceptDamage);
        }
    }

    private Report finish(
            Path backup, DataDirectory directory, Manifest manifest, Filling filling, boolean acceptDamage)
            throws IOException {
        filling.requireRest(manifest, backup);
        if (!filling.missing.isEmpty() && !acceptDamage) {
            throw new StorageException(
                    "%s: %s blobs are damaged or missing, the first is %s; --accept-damage restores the rest"
                            .formatted(backup, filling.missing.size(), filling.missing.get(0)));
        }
        List<Sha256> lost = new ArrayList<>(filling.missing);
        lost.addAll(filling.missingAtSource);
        HashedCopy.forceFolders(directory.blobs());
        int vaults = RestoredDatabase.renew(directory, logIds, lost, manifest.createdAt(), clock.millis());
        directory.finish();
        return new Report(
                backup.toString(),
                manifest.createdAt(),
                vaults,
                manifest.operations(),
                filling.named,
                lost.stream().map(Sha256::hex).toList());
    }

    /** Puts files where they belong; a blob with other bytes than its name says is left out. */
    private static final class Filling implements BackupReader.Visitor {
        private final DataDirectory directory;
        private final ForcedFiles blobs;
        private final List<Sha256> missing = new ArrayList<>();
        private final List<Sha256> missingAtSource = new ArrayList<>();
        private Part database = Part.NONE;
        private Part secretKey = Part.NONE;
        private Part settings = Part.NONE;
        private long named;

        Filling(DataDirectory directory, ForcedFiles blobs) {
            this.directory = directory;
            this.blobs = blobs;
        }

        @Override
        public void file(String name, InputStream content, FileTime time) throws IOException {
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
            // Their names are forced to disk all together, in the end.
            PrivateFiles.unforcedFolder(file.resolveSibling(".").normalize());
            if (HashedCopy.writeUnforced(content, file, time).sha256().equals(name)) {
                blobs.add(file);
            } else {
                Files.delete(file);
            }
        }

        @Override
        public void named(BlobReference blob) {
            named++;
            if (!Files.exists(DataDirectory.blobFile(directory.blobs(), blob.sha256()))) {
                missing.add(blob.sha256());
            }
        }

        @Override
        public void missing(BlobReference blob) {
            missingAtSource.add(blob.sha256());
        }

        void requireRest(Manifest manifest, Path backup) {
            requireSame(manifest.database().equals(database), backup, "server.db");
            requireSame(manifest.secretKey().equals(secretKey), backup, "secret.key");
            requireSame(manifest.settings().equals(settings), backup, Manifest.SETTINGS);
        }

        private static void requireSame(boolean same, Path backup, String name) {
            if (!same) {
                throw new StorageException("%s: its %s is damaged".formatted(backup, name));
            }
        }
    }

    /** Drops what is in it. The unfinished database stays, which says that nobody has anything to lose here. */
    private static void empty(DataDirectory directory) throws IOException {
        for (Path folder : List.of(directory.blobs(), directory.temp())) {
            try (Stream<Path> entries = Files.list(folder)) {
                for (Path entry : entries.toList()) {
                    BackupFolder.delete(entry);
                }
            }
        }
        Files.deleteIfExists(directory.secretKey());
        Files.deleteIfExists(directory.root().resolve(Manifest.SETTINGS));
    }
}
