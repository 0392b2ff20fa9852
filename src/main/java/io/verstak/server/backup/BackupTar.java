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
     */
    static void write(Path backup, OutputStream out, BooleanSupplier goOn) throws IOException {
        try (BackupTar archive = new BackupTar(out)) {
            for (String name : new String[] {"server.db", "secret.key", Manifest.SETTINGS}) {
                Path file = backup.resolve(name);
                if (Files.isRegularFile(file)) {
                    archive.add(name, file);
                }
            }
            try (InputStream manifest = Files.newInputStream(backup.resolve(Manifest.NAME))) {
                ManifestReader.read(
                        manifest,
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
