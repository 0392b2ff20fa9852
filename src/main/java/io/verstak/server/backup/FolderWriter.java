package io.verstak.server.backup;

import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * A backup as a folder among others. A blob that the backup before it holds, whole, is linked to it and takes no room; any
 * other is copied, so that no backup shares a file with the server.
 */
final class FolderWriter implements BackupWriter {
    private final Path data;
    private final Path place;
    private final Path unfinished;
    private final Optional<Path> before;
    private final ForcedFiles copied = new ForcedFiles();

    /** @param data the data directory, whose owner gets what root makes */
    FolderWriter(BackupFolder folder, Path data, Instant now) throws IOException {
        this.data = data;
        before = folder.source(now);
        place = folder.place(now);
        unfinished = folder.unfinished(place);
        PrivateFiles.folder(unfinished, data);
    }

    @Override
    public Path databaseFile() {
        return unfinished.resolve("server.db");
    }

    @Override
    public Path manifestFile() {
        return unfinished.resolve(Manifest.NAME + ".unfinished");
    }

    @Override
    public Part addDatabase() throws IOException {
        PrivateFiles.restrict(databaseFile());
        PrivateFiles.adopt(databaseFile(), data);
        PrivateFiles.force(databaseFile());
        return HashedCopy.read(databaseFile());
    }

    @Override
    public Part addFile(Path file) throws IOException {
        Path to = unfinished.resolve(String.valueOf(file.getFileName()));
        Part part = copy(file, to);
        PrivateFiles.force(to);
        return part;
    }

    @Override
    public boolean addBlob(BlobReference blob, Path file) throws IOException {
        Path target = BackupFolder.blob(unfinished, blob.sha256());
        // Their names are forced to disk all together, in the end.
        PrivateFiles.unforcedFolder(target.resolveSibling(".").normalize(), data);
        if (before.isPresent() && link(blob, BackupFolder.blob(before.get(), blob.sha256()), target)) {
            return true;
        }
        if (!Files.isRegularFile(file)) {
            return false;
        }
        if (isWhole(blob, copy(file, target))) {
            copied.add(target);
            return true;
        }
        Files.delete(target);
        return false;
    }

    /** An earlier copy is read before it is trusted. */
    private boolean link(BlobReference blob, Path earlier, Path target) throws IOException {
        if (!Files.isRegularFile(earlier) || !isWhole(blob, HashedCopy.read(earlier))) {
            return false;
        }
        try {
            Files.createLink(target, earlier);
        } catch (IOException | UnsupportedOperationException noLinks) {
            copy(earlier, target);
            copied.add(target);
        }
        return true;
    }

    private Part copy(Path from, Path to) throws IOException {
        return HashedCopy.copyUnforced(from, to, data);
    }

    static boolean isWhole(BlobReference blob, Part part) {
        return part.size() == blob.size() && part.sha256().equals(blob.sha256().hex());
    }

    @Override
    public void finish(Manifest manifest, long blobs) throws IOException {
        copied.finish();
        check(manifest, blobs);
        Path finished = unfinished.resolve(Manifest.NAME);
        Files.move(manifestFile(), finished, StandardCopyOption.ATOMIC_MOVE);
        Files.setLastModifiedTime(finished, FileTime.from(Instant.parse(manifest.createdAt())));
        HashedCopy.forceFolders(unfinished);
        Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.force(place.resolveSibling(".").normalize());
    }

    /** Reads again what was written: linked files have been read before they were linked. */
    private void check(Manifest manifest, long blobs) throws IOException {
        long[] whole = new long[1];
        try (InputStream in = Files.newInputStream(manifestFile())) {
            Manifest read = ManifestReader.read(in, place, blob -> whole[0] += isThere(blob) ? 1 : 0, missing -> {});
            if (!read.equals(manifest) || whole[0] != blobs) {
                throw BackupProblem.NOT_AS_WRITTEN.failure(
                        place, "%s: does not give back what was written to it".formatted(place));
            }
        }
        if (!HashedCopy.read(databaseFile()).equals(manifest.database())) {
            throw BackupProblem.NOT_AS_WRITTEN.failure(
                    place, "%s: does not give back its server.db as it was written".formatted(place));
        }
    }

    private boolean isThere(BlobReference blob) throws IOException {
        Path file = BackupFolder.blob(unfinished, blob.sha256());
        return (int) Files.getAttribute(file, "unix:nlink") > 1 || isWhole(blob, HashedCopy.read(file));
    }

    @Override
    public Path place() {
        return place;
    }

    @Override
    public void close() throws IOException {
        copied.close();
        BackupFolder.delete(unfinished);
    }
}
