package io.verstak.server.ops.backup;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.ops.backup.Manifest.Part;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * A backup as a folder among others. A blob that the backup before it holds, whole, is linked to it and takes no room; any
 * other is copied, so that no backup shares a file with the server.
 */
final class FolderWriter implements BackupWriter {
    private final Path place;
    private final Path unfinished;
    private final Optional<Path> before;
    private final List<BlobReference> copied = new ArrayList<>();

    FolderWriter(BackupFolder folder, Instant now) throws IOException {
        before = folder.newest();
        place = folder.place(now);
        unfinished = folder.unfinished(place);
        DataDirectory.folder(unfinished);
    }

    @Override
    public Path databaseFile() {
        return unfinished.resolve("server.db");
    }

    @Override
    public Part addDatabase() throws IOException {
        Files.setPosixFilePermissions(
                databaseFile(), EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        HashedCopy.force(databaseFile());
        return HashedCopy.read(databaseFile());
    }

    @Override
    public Part addFile(Path file) throws IOException {
        return HashedCopy.copy(file, unfinished.resolve(String.valueOf(file.getFileName())));
    }

    @Override
    public boolean addBlob(BlobReference blob, Path file) throws IOException {
        Path target = BackupFolder.blob(unfinished, blob.sha256());
        DataDirectory.folder(target.resolveSibling(".").normalize());
        if (before.isPresent() && link(blob, BackupFolder.blob(before.get(), blob.sha256()), target)) {
            return true;
        }
        if (!Files.isRegularFile(file)) {
            return false;
        }
        if (isWhole(blob, HashedCopy.copy(file, target))) {
            copied.add(blob);
            return true;
        }
        Files.delete(target);
        return false;
    }

    /** An earlier copy is read before it is trusted. */
    private static boolean link(BlobReference blob, Path earlier, Path target) throws IOException {
        if (!Files.isRegularFile(earlier) || !isWhole(blob, HashedCopy.read(earlier))) {
            return false;
        }
        try {
            Files.createLink(target, earlier);
        } catch (IOException | UnsupportedOperationException noLinks) {
            HashedCopy.copy(earlier, target);
        }
        return true;
    }

    static boolean isWhole(BlobReference blob, Part part) {
        return part.size() == blob.size() && part.sha256().equals(blob.sha256().hex());
    }

    @Override
    public void finish(Manifest manifest) throws IOException {
        check(manifest);
        HashedCopy.write(
                new ByteArrayInputStream(manifest.json()),
                unfinished.resolve(Manifest.NAME),
                FileTime.from(Instant.parse(manifest.createdAt())));
        HashedCopy.forceFolders(unfinished);
        Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
        HashedCopy.force(place.resolveSibling(".").normalize());
    }

    /** Reads again what was written: linked files have been read before they were linked. */
    private void check(Manifest manifest) throws IOException {
        boolean whole = HashedCopy.read(databaseFile()).equals(manifest.database());
        for (BlobReference blob : copied) {
            whole &= isWhole(blob, HashedCopy.read(BackupFolder.blob(unfinished, blob.sha256())));
        }
        if (!whole) {
            throw new StorageException("%s: does not give back what was written to it".formatted(place));
        }
    }

    @Override
    public Path place() {
        return place;
    }

    @Override
    public void close() throws IOException {
        BackupFolder.delete(unfinished);
    }
}
