package io.verstak.server.ops.backup;

import com.github.luben.zstd.ZstdInputStream;
import io.verstak.server.domain.Sha256;
import io.verstak.server.ops.backup.Manifest.Part;
import io.verstak.server.storage.StorageException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads backups, folders and archives alike, one file after the other. Blocks. */
final class BackupReader {
    private BackupReader() {}

    /** Gets each file of a backup. */
    interface FileConsumer {
        void accept(String name, InputStream content, FileTime time) throws IOException;
    }

    /**
     * The backup that somebody means: itself, or the newest in a folder of backups.
     *
     * @throws StorageException when there is none
     */
    static Path find(Path from) throws IOException {
        if (Files.isRegularFile(from) || Files.isRegularFile(from.resolve(Manifest.NAME))) {
            return from;
        }
        Optional<Path> newest = new BackupFolder(from).newest();
        return newest.orElseThrow(() -> new StorageException("%s: there is no finished backup".formatted(from)));
    }

    /** Reads all of it and returns its manifest. */
    static Manifest read(Path backup, FileConsumer consumer) throws IOException {
        return Files.isDirectory(backup) ? readFolder(backup, consumer) : readArchive(backup, consumer);
    }

    private static Manifest readFolder(Path backup, FileConsumer consumer) throws IOException {
        Manifest manifest = Manifest.parse(Files.readAllBytes(backup.resolve(Manifest.NAME)), backup);
        accept(backup, "server.db", consumer);
        accept(backup, "secret.key", consumer);
        accept(backup, Manifest.SETTINGS, consumer);
        for (String line : manifest.blobs()) {
            Optional<Sha256> sha256 = Sha256.parse(line.split(" ", 2)[0]);
            if (sha256.isPresent()) {
                accept(backup, ArchiveWriter.name(sha256.get()), consumer);
            }
        }
        return manifest;
    }

    private static void accept(Path backup, String name, FileConsumer consumer) throws IOException {
        Path file = backup.resolve(name);
        try (InputStream in = Files.newInputStream(file)) {
            consumer.accept(name, in, Files.getLastModifiedTime(file));
        } catch (NoSuchFileException missing) {
            // The manifest names it, and whoever compares the two finds out.
        }
    }

    private static Manifest readArchive(Path backup, FileConsumer consumer) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new ZstdInputStream(new BufferedInputStream(Files.newInputStream(backup), 1 << 16)), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().equals(Manifest.NAME)) {
                    return Manifest.parse(tar.readAllBytes(), backup);
                }
                consumer.accept(entry.getName(), tar, entry.getLastModifiedTime());
            }
        }
        throw new StorageException("%s: ends before its %s: it was never finished".formatted(backup, Manifest.NAME));
    }

    /**
     * Reads a whole archive and compares it with what was to be in it.
     *
     * @throws StorageException when it differs
     */
    static void check(Path archive, Manifest manifest) throws IOException {
        long[] blobs = new long[1];
        Manifest read = read(archive, (name, content, time) -> {
            Part part = HashedCopy.read(content);
            boolean whole = switch (name) {
                case "server.db" -> part.equals(manifest.database());
                case "secret.key" -> part.equals(manifest.secretKey());
                case Manifest.SETTINGS -> part.equals(manifest.settings());
                default -> name.endsWith("/" + part.sha256());
            };
            blobs[0] += name.startsWith("blobs/") ? 1 : 0;
            if (!whole) {
                throw new StorageException("%s: does not give back %s as it was written".formatted(archive, name));
            }
        });
        if (!read.equals(manifest) || blobs[0] != manifest.blobs().size()) {
            throw new StorageException("%s: does not give back what was written to it".formatted(archive));
        }
    }
}
