package io.verstak.server.backup;

import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.NativeLibraries;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Writes a backup to one tar file compressed with Zstandard. Replaces an existing file of that name only when it is complete. */
final class ArchiveWriter implements BackupWriter {
    private final Path place;
    private final Path unfinished;
    private final Path database;
    private final Path manifestFile;
    private final FileChannel file;
    private final BackupTar tar;

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
        tar = new BackupTar(Channels.newOutputStream(file));
    }

    @Override
    public Path databaseFile() {
        return database;
    }

    @Override
    public Part addDatabase() throws IOException {
        return tar.add("server.db", database);
    }

    @Override
    public Path manifestFile() {
        return manifestFile;
    }

    @Override
    public Part addFile(Path source) throws IOException {
        return tar.add(String.valueOf(source.getFileName()), source);
    }

    /** Reads the file before adding its entry: an entry cannot be removed from an archive. */
    @Override
    public boolean addBlob(BlobReference blob, Path source) throws IOException {
        if (!Files.isRegularFile(source) || !FolderWriter.isWhole(blob, HashedCopy.read(source))) {
            return false;
        }
        Part written = tar.add(name(blob.sha256()), source);
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

    @Override
    public void finish(Manifest manifest, long blobs) throws IOException {
        Files.setLastModifiedTime(manifestFile, FileTime.from(Instant.parse(manifest.createdAt())));
        tar.add(Manifest.NAME, manifestFile);
        tar.finish();
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
