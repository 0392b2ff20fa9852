package io.verstak.server.storage;

import io.verstak.server.domain.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds everything the server keeps: {@code server.db}, {@code secret.key}, {@code blobs/}, {@code tmp/}. Folders are 0700
 * and files 0600, and one process at a time owns it, by a lock that the system drops when the process dies.
 */
public final class DataDirectory implements AutoCloseable {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    static final String LOCK_FILE = "server.lock";
    public static final String DATABASE = "server.db";
    public static final String UNFINISHED = "server.db.new";

    private final Path root;
    private final Path database;
    private final @Nullable FileChannel lockFile;
    private final boolean blobsApart;

    private DataDirectory(Path root, Path database, @Nullable FileChannel lockFile) {
        this.root = root;
        this.database = database;
        this.lockFile = lockFile;
        // Only the owner of the lock puts files among the blobs.
        this.blobsApart = lockFile != null && PrivateFiles.areApart(root, root.resolve("blobs"));
    }

    /**
     * Creates what is missing and takes the lock. Blocks; for the start and the command line.
     *
     * @throws StorageException in one line for a person: not writable, or in use by another process
     */
    public static DataDirectory open(Path root) {
        try {
            requireFinished(root);
            TracesOfServer.requireDatabase(root);
            DataDirectory directory = alone(root, DATABASE);
            PrivateFiles.file(directory.database());
            return directory;
        } catch (IOException e) {
            throw cannotBeUsed(root, e);
        }
    }

    /** Opens the directory of a server whose database is elsewhere, for key and blobs. One with a database is refused. Blocks. */
    public static DataDirectory openBeside(Path root) {
        try {
            requireNone(root);
            return alone(root, DATABASE);
        } catch (IOException e) {
            throw cannotBeUsed(root, e);
        }
    }

    /**
     * Opens a directory for a new database. Until {@link #finish} the database has a name that no server opens. Deletes what an
     * earlier attempt has left. Blocks.
     *
     * @param requirement fails with {@link StorageException} unless {@link #finish} may replace what is in the directory
     * @throws StorageException in one line for a person: it may not be replaced, or cannot be used
     */
    public static DataDirectory openNew(Path root, Consumer<Path> requirement) {
        try {
            DataDirectory directory = openUnfinished(root, requirement);
            directory.beginAnew();
            return directory;
        } catch (IOException e) {
            throw cannotBeUsed(root, e);
        }
    }

    /** As {@link #openNew}, but keeps the new database of an earlier attempt: a move continues it. Blocks. */
    public static DataDirectory openUnfinished(Path root, Consumer<Path> requirement) {
        try {
            requirement.accept(root);
            DataDirectory directory = alone(root, UNFINISHED);
            // Again under the lock: no other process can create one now.
            requirement.accept(root);
            PrivateFiles.file(directory.database());
            return directory;
        } catch (IOException e) {
            throw cannotBeUsed(root, e);
        }
    }

    /** @throws StorageException if a server keeps its data here */
    public static void requireNone(Path root) {
        if (Files.exists(root.resolve(DATABASE))) {
            throw new StorageException("%s: already holds a server's data (%s)".formatted(root, DATABASE));
        }
    }

    private static void requireFinished(Path root) {
        if (Files.exists(root.resolve(UNFINISHED)) && !Files.exists(root.resolve(DATABASE))) {
            throw new StorageException(
                    "%s: an import, a restore or a move into this directory was not finished; run it again, or delete %s"
                            .formatted(root, UNFINISHED));
        }
    }

    private static DataDirectory alone(Path root, String database) throws IOException {
        PrivateFiles.folder(root);
        FileChannel lockFile = DirectoryLeases.file(root);
        if (!lock(lockFile)) {
            lockFile.close();
            throw new StorageException("%s: another verstak-server process uses this data directory".formatted(root));
        }
        PrivateFiles.folder(root.resolve("blobs"));
        DataDirectory directory = new DataDirectory(root, root.resolve(database), lockFile);
        PrivateFiles.folder(directory.temp());
        return directory;
    }

    /** Empties the new database. Keeps its file all the time: it shows that the directory holds nothing of value. */
    public void beginAnew() throws IOException {
        PrivateFiles.file(database);
        dropJournals();
        FileChannel.open(database, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                .close();
    }

    private void dropJournals() throws IOException {
        for (String suffix : List.of("-journal", "-wal", "-shm")) {
            Files.deleteIfExists(database.resolveSibling(UNFINISHED + suffix));
        }
    }

    /** Deletes a new database that will not be finished. */
    public void abandon() throws IOException {
        dropJournals();
        Files.deleteIfExists(database.resolveSibling(UNFINISHED));
    }

    /** Deletes the lock's file, which leaves the directory as it was. The lock itself is still held. */
    public void removeLock() throws IOException {
        Files.deleteIfExists(root.resolve(LOCK_FILE));
    }

    /** Makes the new database durable and gives it its name, under which a server opens it. Blocks. */
    public void finish() throws IOException {
        try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(database, root.resolve(DATABASE), StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.force(root);
    }

    /** Opens the directory of a server that may be running, for a command that changes only the database, in it or elsewhere. */
    public static DataDirectory openShared(Path root, boolean embedded) {
        try {
            requireFinished(root);
            if (embedded) {
                TracesOfServer.requireDatabase(root);
            }
            PrivateFiles.folder(root);
            FileChannel lockFile = DirectoryLeases.file(root);
            boolean alone = lock(lockFile);
            if (!alone) {
                lockFile.close();
            }
            if (embedded) {
                PrivateFiles.file(root.resolve(DATABASE));
            }
            return new DataDirectory(root, root.resolve(DATABASE), alone ? lockFile : null);
        } catch (IOException e) {
            throw cannotBeUsed(root, e);
        }
    }

    /** Opens a directory for reading only, whether or not a server runs on it. Creates nothing. Fails if there is no database. */
    public static DataDirectory openReadOnly(Path root) {
        requireFinished(root);
        try {
            if (Files.readAttributes(root.resolve(DATABASE), BasicFileAttributes.class)
                    .isRegularFile()) {
                return new DataDirectory(root, root.resolve(DATABASE), null);
            }
        } catch (AccessDeniedException e) {
            throw cannotBeUsed(root, e);
        } catch (IOException none) {
            // Reported below.
        }
        throw new StorageException(
                root + ": there is no " + DATABASE + "; name the server's data directory with --data");
    }

    /** Returns whether another process uses the directory now. */
    public boolean isInUse() {
        Path file = root.resolve(LOCK_FILE);
        if (lockFile != null || !Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return !lock(channel);
        } catch (IOException e) {
            throw cannotBeUsed(root, e);
        }
    }

    static StorageException cannotBeUsed(Path root, IOException e) {
        return new StorageException(
                "%s: the data directory cannot be used: %s".formatted(root, PrivateFiles.reason(e)));
    }

    private static boolean lock(FileChannel lockFile) throws IOException {
        try {
            @SuppressWarnings("resource") // closing the channel releases it
            FileLock lock = lockFile.tryLock(DirectoryLeases.OWNER, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Returns whether no other process can use the directory until it is closed: only then may its schema change. */
    public boolean isOurs() {
        return lockFile != null;
    }

    /** Returns the leases of the processes on this directory. They end when it is closed. */
    public Leases leases() {
        return new DirectoryLeases(Objects.requireNonNull(lockFile, "the directory is only read"));
    }

    public Path root() {
        return root;
    }

    /** Returns the database's file. */
    public Path database() {
        return database;
    }

    /** Returns the file with the key of {@link SecretBox}: without it, the sealed values of the database are lost. */
    public Path secretKey() {
        return root.resolve("secret.key");
    }

    /** Returns the folder of finished blobs, {@code ab/cd/<sha256>} below it. */
    public Path blobs() {
        return root.resolve("blobs");
    }

    /** Returns the file that marks a damaged database: nothing writes to the database until a check of all of it finds no damage. */
    public Path damageMark() {
        return root.resolve(DATABASE + ".damaged");
    }

    /** Returns the file of a blob below such a folder. */
    public static Path blobFile(Path blobs, Sha256 sha256) {
        String hex = sha256.hex();
        return blobs.resolve(hex.substring(0, 2)).resolve(hex.substring(2, 4)).resolve(hex);
    }

    /**
     * Returns the folder of files that are being written. A rename gives them their names, so the folder is on the file system of
     * {@link #blobs()}: inside it if that is not the file system of the rest.
     */
    public Path temp() {
        return blobsApart ? blobs().resolve("tmp") : root.resolve("tmp");
    }

    /** Returns the permissions with which every folder is created. */
    public static FileAttribute<Set<PosixFilePermission>> folderPermissions() {
        return PosixFilePermissions.asFileAttribute(FOLDER);
    }

    /** Returns the permissions with which every file is created. */
    public static FileAttribute<Set<PosixFilePermission>> filePermissions() {
        return PosixFilePermissions.asFileAttribute(FILE);
    }

    @Override
    public void close() throws IOException {
        if (lockFile != null) {
            lockFile.close();
        }
    }
}
