package io.verstak.server.backup;

import com.github.luben.zstd.ZstdInputStream;
import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.backup.ManifestReader.BlobConsumer;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.NativeLibraries;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads backups, folders and archives alike, one file after the other. Blocks. */
final class BackupReader {
    private static final Logger LOG = LoggerFactory.getLogger(BackupReader.class);

    /** The first bytes of every file that is compressed with Zstandard (RFC 8878, 3.1.1). */
    private static final byte[] ZSTANDARD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private BackupReader() {}

    /** Gets all that a backup holds. */
    interface Visitor {
        void file(String name, InputStream content, FileTime time) throws IOException;

        /** A blob that the manifest names; its file has been there before, if it is there. */
        void named(BlobReference blob) throws IOException;

        /** A blob that was damaged when the backup was made. */
        void missing(BlobReference blob);
    }

    /**
     * The backup that somebody means: itself, or the newest in a folder of backups. Warns of those that are dated in the future.
     *
     * @throws StorageException when there is none
     */
    static Path find(Path from, Instant now) throws IOException {
        if (Files.isRegularFile(from) || Files.isRegularFile(from.resolve(Manifest.NAME))) {
            return from;
        }
        if (!Files.exists(from)) {
            throw new StorageException("%s: no such file or folder".formatted(from));
        }
        BackupFolder folder = new BackupFolder(from);
        Optional<Path> newest = folder.newest(now);
        List<Path> ahead = folder.ahead(now);
        if (!ahead.isEmpty()) {
            LOG.warn(
                    "{} is dated in the future: a clock is or was wrong, and by its name nobody knows which backup is the newest."
                            + " Taking {}; name another one with --from",
                    ahead.get(ahead.size() - 1),
                    newest.orElseThrow().getFileName());
        }
        return newest.orElseThrow(() -> new StorageException("%s: there is no finished backup in it".formatted(from)));
    }

    /** Reads all of it and returns its manifest. */
    static Manifest read(Path backup, Visitor visitor) throws IOException {
        return Files.isDirectory(backup) ? readFolder(backup, visitor) : readArchive(backup, visitor);
    }

    private static Manifest readFolder(Path backup, Visitor visitor) throws IOException {
        // Once to its end before anything else, so that half a manifest is refused at once.
        readManifest(backup, blob -> {}, blob -> {});
        accept(backup, "server.db", visitor);
        accept(backup, "secret.key", visitor);
        accept(backup, Manifest.SETTINGS, visitor);
        return readManifest(
                backup,
                blob -> {
                    accept(backup, ArchiveWriter.name(blob.sha256()), visitor);
                    visitor.named(blob);
                },
                visitor::missing);
    }

    private static Manifest readManifest(Path backup, BlobConsumer held, BlobConsumer missing) throws IOException {
        try (InputStream in = Files.newInputStream(backup.resolve(Manifest.NAME))) {
            return ManifestReader.read(in, backup, held, missing);
        }
    }

    private static void accept(Path backup, String name, Visitor visitor) throws IOException {
        Path file = backup.resolve(name);
        if (!Files.isRegularFile(file)) {
            // The manifest names it: the comparison of the two reports it.
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            visitor.file(name, in, Files.getLastModifiedTime(file));
        }
    }

    private static Manifest readArchive(Path backup, Visitor visitor) throws IOException {
        requireZstandard(backup);
        NativeLibraries.loadZstd(backup);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new ZstdInputStream(new BufferedInputStream(Files.newInputStream(backup), 1 << 16)), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().equals(Manifest.NAME)) {
                    return ManifestReader.read(tar, backup, visitor::named, visitor::missing);
                }
                visitor.file(entry.getName(), tar, entry.getLastModifiedTime());
            }
        }
        throw new StorageException("%s: ends before its %s; it was never finished".formatted(backup, Manifest.NAME));
    }

    private static void requireZstandard(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            if (!Arrays.equals(in.readNBytes(ZSTANDARD.length), ZSTANDARD)) {
                throw new StorageException(
                        "%s: not a backup; name a folder or a .tar.zst file that 'verstak-server backup' made"
                                .formatted(file));
            }
        }
    }

    /**
     * Reads a whole archive and compares it with what was to be in it.
     *
     * @param blobs how many it was to hold
     * @throws StorageException when it differs
     */
    static void check(Path archive, Manifest manifest, long blobs) throws IOException {
        Check check = new Check(archive, manifest);
        if (!read(archive, check).equals(manifest) || check.blobs != blobs || check.named != blobs) {
            throw new StorageException("%s: does not give back what was written to it".formatted(archive));
        }
    }

    private static final class Check implements Visitor {
        private final Path archive;
        private final Manifest manifest;
        private long blobs;
        private long named;

        Check(Path archive, Manifest manifest) {
            this.archive = archive;
            this.manifest = manifest;
        }

        @Override
        public void file(String name, InputStream content, FileTime time) throws IOException {
            Part part = HashedCopy.read(content);
            boolean whole = switch (name) {
                case "server.db" -> part.equals(manifest.database());
                case "secret.key" -> part.equals(manifest.secretKey());
                case Manifest.SETTINGS -> part.equals(manifest.settings());
                default -> name.endsWith("/" + part.sha256());
            };
            blobs += name.startsWith("blobs/") ? 1 : 0;
            if (!whole) {
                throw new StorageException("%s: does not give back %s as it was written".formatted(archive, name));
            }
        }

        @Override
        public void named(BlobReference blob) {
            named++;
        }

        @Override
        public void missing(BlobReference blob) {
            // It has no bytes to compare.
        }
    }
}
