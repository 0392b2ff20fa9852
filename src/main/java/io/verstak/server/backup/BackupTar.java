package io.verstak.server.backup;

import com.github.luben.zstd.ZstdOutputStream;
import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.Sha256;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** The tar file, compressed with Zstandard, that a backup in one file is. Blocks. */
final class BackupTar implements AutoCloseable {
    private static final int FILE_MODE = 0600;
    private static final int BUFFER = 1 << 16;

    private final TarArchiveOutputStream tar;

    /** The native library must have been loaded. */
    BackupTar(OutputStream out) throws IOException {
        tar = new TarArchiveOutputStream(new ZstdOutputStream(new BufferedOutputStream(out, BUFFER)), "UTF-8");
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    /**
     * Writes a backup that is a folder as the archive that {@code restore} takes.
     *
     * @param goOn asked before each blob; false gives up
     * @throws IOException if a file is missing that the manifest names, or the stream fails
     */
    static void write(Path backup, OutputStream out, BooleanSupplier goOn) throws IOException {
        // Before anything is written, so that half a backup is refused at once.
        Manifest manifest = read(backup);
        for (String name : names(manifest)) {
            Files.newInputStream(backup.resolve(name)).close();
        }
        try (BackupTar archive = new BackupTar(out)) {
            for (String name : names(manifest)) {
                archive.add(name, backup.resolve(name));
            }
            try (InputStream list = Files.newInputStream(backup.resolve(Manifest.NAME))) {
                ManifestReader.read(
                        list,
                        backup,
                        blob -> {
                            if (!goOn.getAsBoolean()) {
                                throw new IOException("the server stops");
                            }
                            archive.add(ArchiveWriter.name(blob.sha256()), BackupFolder.blob(backup, blob.sha256()));
                        },
                        missing -> {});
            }
            archive.add(Manifest.NAME, backup.resolve(Manifest.NAME));
            archive.finish();
        }
    }

    private static Manifest read(Path backup) throws IOException {
        try (InputStream manifest = Files.newInputStream(backup.resolve(Manifest.NAME))) {
            return ManifestReader.read(manifest, backup, blob -> {}, missing -> {});
        }
    }

    /** Returns the files that a backup holds beside its blobs. */
    private static List<String> names(Manifest manifest) {
        List<String> names = new ArrayList<>(List.of("server.db"));
        if (!manifest.secretKey().equals(Part.NONE)) {
            names.add("secret.key");
        }
        if (!manifest.settings().equals(Part.NONE)) {
            names.add(Manifest.SETTINGS);
        }
        return names;
    }

    /** Adds a file and returns what was read of it. */
    Part add(String name, Path source) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        long size = Files.size(source);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(FILE_MODE);
        entry.setSize(size);
        entry.setLastModifiedTime(Files.getLastModifiedTime(source));
        tar.putArchiveEntry(entry);
        try (InputStream in = new DigestInputStream(Files.newInputStream(source), digest)) {
            in.transferTo(tar);
        }
        tar.closeArchiveEntry();
        return new Part(size, Sha256.ofDigest(digest.digest()).hex());
    }

    /** Writes the end. */
    void finish() throws IOException {
        tar.finish();
        tar.flush();
    }

    /** Closes the stream that it writes to. */
    @Override
    public void close() throws IOException {
        tar.close();
    }
}
