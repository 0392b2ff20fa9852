package io.verstak.server.storage;

import io.verstak.server.domain.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds signs, other than the database, that a server has kept its data in a directory. An empty database beside them is not a
 * new server's: the data is lost. All methods block.
 */
public final class TracesOfServer {
    /** The name of a database whose data was moved to another one. */
    public static final String MOVED = "server.db.moved";

    private static final String REMEDY =
            "restore the last backup into another directory (verstak-server restore --from BACKUP --data NEWDIR);"
                    + " to begin with an empty server, name an empty directory";

    /** A write-ahead log of at most this size holds no page. */
    private static final int WAL_HEADER_BYTES = 32;

    /** In the database's header: 1 until it was opened with a write-ahead log once, 2 from then on. */
    private static final int WRITE_VERSION_AT = 18;

    private TracesOfServer() {}

    /**
     * Checks a directory before anything in it is created or opened.
     *
     * @throws StorageException in one line for a person: its database is lost, is not a file, or has the write-ahead log of another database
     */
    static void requireDatabase(Path root) throws IOException {
        Path database = root.resolve(DataDirectory.DATABASE);
        if (Files.isSymbolicLink(database)) {
            throw new StorageException(
                    "%s: is a symbolic link; let storage.dataDir name the directory that holds the database"
                            .formatted(database));
        }
        boolean there = Files.exists(database, LinkOption.NOFOLLOW_LINKS);
        if (there && !Files.isRegularFile(database)) {
            throw new StorageException("%s: is not a file; move it away, and then: %s".formatted(database, REMEDY));
        }
        if (!there && Files.exists(root.resolve(MOVED))) {
            throw new StorageException(
                    "%s: the data was moved to another database (%s is what it was); start the server with the configuration that names it"
                            .formatted(root, MOVED));
        }
        if (!there || Files.size(database) == 0) {
            requireNone(root, there ? "is empty" : "is missing");
        } else {
            requireOwnLog(database);
        }
    }

    /** @param what is wrong with the database */
    public static void requireNone(Path root, String what) throws IOException {
        Optional<String> trace = find(root);
        if (trace.isPresent()) {
            throw new StorageException("%s: %s %s, but %s shows that a server has kept its data here: %s"
                    .formatted(root, DataDirectory.DATABASE, what, trace.get(), REMEDY));
        }
    }

    private static Optional<String> find(Path root) throws IOException {
        for (String name : new String[] {"secret.key", "last-backup"}) {
            if (Files.exists(root.resolve(name))) {
                return Optional.of(name);
            }
        }
        if (hasPages(wal(root.resolve(DataDirectory.DATABASE)))) {
            return Optional.of(DataDirectory.DATABASE + "-wal");
        }
        return hasBlob(root.resolve("blobs")) ? Optional.of("blobs/") : Optional.empty();
    }

    /** Returns whether a folder holds the file of a blob at any depth. */
    public static boolean hasBlob(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> below = Files.walk(folder)) {
            return below.anyMatch(
                    file -> Sha256.parse(String.valueOf(file.getFileName())).isPresent() && Files.isRegularFile(file));
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /**
     * Refuses a write-ahead log beside a backup's copy, which has never had one: the log is another database's, and SQLite
     * would write its pages into the copy.
     */
    private static void requireOwnLog(Path database) throws IOException {
        if (hasPages(wal(database)) && writeVersion(database) == 1) {
            throw new StorageException(
                    "%s: is a backup's copy, and the server.db-wal beside it belongs to another database; %s"
                            .formatted(database, REMEDY));
        }
    }

    private static Path wal(Path database) {
        return database.resolveSibling(database.getFileName() + "-wal");
    }

    private static boolean hasPages(Path wal) throws IOException {
        return Files.exists(wal) && Files.size(wal) > WAL_HEADER_BYTES;
    }

    private static int writeVersion(Path database) throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(database)) {
            ByteBuffer version = ByteBuffer.allocate(1);
            file.position(WRITE_VERSION_AT).read(version);
            return version.get(0);
        }
    }
}
