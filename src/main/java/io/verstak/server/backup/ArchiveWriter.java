package io.verstak.server.backup;

import com.github.luben.zstd.ZstdOutputStream;
import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.NativeLibraries;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes a backup to one tar file compressed with Zstandard. Replaces an existing file of that name only when it is complete. */
final class ArchiveWriter implements BackupWriter {
    private static final int FILE_MODE = 0600;

    private final Path place;
    private final Path unfinished;
    private final Path database;
    private final Path manifestFile;
    private final FileChannel file;
    private final TarArchiveOutputStream tar;

    /** @param data the data directory; its owner is given the files that root creates */
    ArchiveWriter(Path place, Path data) throws IOException {
        this.place = place.toAbsolutePath();
        NativeLibraries.loadZstd(this.place);
        PrivateFiles.folder(this.place.resolveSibling(".").normalize(), data);
        unfinished = this.place.resolveSibling(this.place.getFileName() + ".unfinished");
        database = this.place.resolveSibling(this.place.getFileName() + ".server.db");
        manifestFile = this.place.resolveSibling(this.place.getFileName() + "." + Manifest.NAME);
        drop();
        file = FileChannel.open(
                unfinished,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                DataDirectory.filePermissions());
        PrivateFiles.adopt(unfinished, data);
        // Created here because SQLite would create it with the process's default permissions.
        Files.createFile(database, DataDirectory.filePermissions());
        PrivateFiles.adopt(database, data);
        tar = new TarArchiveOutputStream(
                new ZstdOutputStream(new BufferedOutputStream(Channels.newOutputStream(file), 1 << 16)), "UTF-8");
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    @Override
    public Path databaseFile() {
        return database;
    }

    @Override
    public Part addDatabase() throws IOException {
        return add("server.db", database);
    }

    @Override
    public Path manifestFile() {
        return manifestFile;
    }

    @Override
    public Part addFile(Path source) throws IOException {
        return add(String.valueOf(source.getFileName()), source);
    }

    /** Reads the file before adding its entry: an entry cannot be removed from an archive. */
    @Override
    public boolean addBlob(BlobReference blob, Path source) throws IOException {
        if (!Files.isRegularFile(source) || !FolderWriter.isWhole(blob, HashedCopy.read(source))) {
            return false;
        }
        Part written = add(name(blob.sha256()), source);
        if (!FolderWriter.isWhole(blob, written)) {
            throw new StorageException("blob %s changes while it is read: the disk gives back other bytes each time"
                    .formatted(blob.sha256()));
        }
        return true;
    }

    static String name(Sha256 sha256) {
        String hex = sha256.hex();
        return "blobs/%s/%s/%s".formatted(hex.substring(0, 2), hex.substring(2, 4), hex);
    }

    private Part add(String name, Path source) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        long size = Files.size(source);
        open(name, size, Files.getLastModifiedTime(source));
        try (InputStream in = new DigestInputStream(Files.newInputStream(source), digest)) {
            in.transferTo(tar);
        }
        tar.closeArchiveEntry();
        return new Part(size, Sha256.ofDigest(digest.digest()).hex());
    }

    private void open(String name, long size, FileTime time) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(FILE_MODE);
        entry.setSize(size);
        entry.setLastModifiedTime(time);
        tar.putArchiveEntry(entry);
    }

    @Override
    public void finish(Manifest manifest, long blobs) throws IOException {
        Files.setLastModifiedTime(manifestFile, FileTime.from(Instant.parse(manifest.createdAt())));
        add(Manifest.NAME, manifestFile);
        tar.finish();
        tar.flush();
        tar.close();
        PrivateFiles.force(unfinished);
        BackupReader.check(unfinished, manifest, blobs);
        Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.force(place.resolveSibling(".").normalize());
    }

    @Override
    public Path place() {
        return place;
    }

    @Override
    public void close() throws IOException {
        file.close();
        drop();
    }

    private void drop() throws IOException {
        Files.deleteIfExists(unfinished);
        Files.deleteIfExists(manifestFile);
        for (String suffix : List.of("", "-journal", "-wal", "-shm")) {
            Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix));
        }
    }
}
