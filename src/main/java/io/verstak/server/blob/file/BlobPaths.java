package io.verstak.server.blob.file;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The folders of stored blobs: {@code ab/cd/<sha256>}. Symbolic links below the root are not followed. Blocks. */
final class BlobPaths {
    private static final int HEX = 16;

    private final Path root;
    private final Fsync fsync;
    /** Folders, by their four digits, whose names this process has made durable. */
    private final BitSet durable = new BitSet(1 << 16);

    BlobPaths(Path root, Fsync fsync) {
        this.root = root;
        this.fsync = fsync;
    }

    Path file(Sha256 sha256) {
        return DataDirectory.blobFile(root, sha256);
    }

    /** Makes the names in a blob's folder durable. */
    void force(Sha256 sha256) throws IOException {
        fsync.folder(folder(sha256));
    }

    /** Returns whether the path to the file leads through real folders only. */
    boolean isPlain(Sha256 sha256) {
        return isFolder(outer(sha256)) && isFolder(folder(sha256));
    }

    /**
     * Creates the folder of a blob. A folder that exists may come from a process that died before it was durable, so
     * each process forces its name to disk once.
     */
    void make(Sha256 sha256) throws IOException {
        int number = Integer.parseInt(sha256.hex().substring(0, 4), HEX);
        boolean known = isDurable(number);
        if (makeFolder(outer(sha256)) || !known) {
            fsync.folder(root);
        }
        if (makeFolder(folder(sha256)) || !known) {
            fsync.folder(outer(sha256));
        }
        setDurable(number);
    }

    /**
     * Returns the blobs in one of the 256 outer folders whose files were last modified before a time in milliseconds
     * since the epoch.
     */
    List<Sha256> olderThan(int outerFolder, long time) throws IOException {
        List<Sha256> found = new ArrayList<>();
        Path outer = root.resolve(HexFormat.of().toHexDigits((byte) outerFolder));
        if (!isFolder(outer)) {
            return found;
        }
        try (DirectoryStream<Path> inner = Files.newDirectoryStream(outer, BlobPaths::isFolder)) {
            for (Path folder : inner) {
                addOlder(folder, time, found);
            }
        }
        return found;
    }

    private void addOlder(Path folder, long time, List<Sha256> found) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Optional<Sha256> sha256 = Sha256.parse(String.valueOf(file.getFileName()));
                if (sha256.isPresent() && file.equals(file(sha256.get())) && isOlder(file, time)) {
                    found.add(sha256.get());
                }
            }
        }
    }

    private static boolean isOlder(Path file, long time) throws IOException {
        try {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis() <= time;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private Path outer(Sha256 sha256) {
        return parent(folder(sha256));
    }

    private Path folder(Sha256 sha256) {
        return parent(file(sha256));
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    private static boolean makeFolder(Path folder) throws IOException {
        if (isFolder(folder)) {
            return false;
        }
        try {
            Files.createDirectory(folder, DataDirectory.folderPermissions());
            PrivateFiles.adopt(folder);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (isFolder(folder)) {
                return true;
            }
            throw new NotDirectoryException(folder.toString());
        }
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private synchronized boolean isDurable(int number) {
        return durable.get(number);
    }

    private synchronized void setDurable(int number) {
        durable.set(number);
    }
}
