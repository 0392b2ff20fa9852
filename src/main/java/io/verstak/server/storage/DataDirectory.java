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
    static final String UNFINISHED = "server.db.new";

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
     * Makes what is missing and takes the lock. Blocks; for start-up and the command line.
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

    /**
     * A directory whose database is still to be made, under a name under which no server finds it, until {@link #finish}.
     * What an earlier try has left of one is dropped. Blocks.
     *
     * @throws StorageException in one line for a person: it holds a server's data already, or cannot be used
     */
    public static DataDirectory openNew(Path root) {
        return openNew(root, DataDirectory::requireNone);
    }

    /**
     * Creates it as {@link #openNew(Path)} does.
     *
     * @param requirement fails with {@link StorageException} unless {@link #finish} may replace what is in the directory
     */
    public static DataDirectory openNew(Path root, Consumer<Path> requirement) {
        try {
            requirement.accept(root);
            DataDirectory directory = alone(root, UNFINISHED);
            // Again, now that nobody else can make one.
            requirement.accept(root);
            directory.beginAnew();
            return directory;
        } catch (IOException e) {
            throw cannotBeUsed(root, e);
        }
    }

    /** @throws StorageException when a server keeps its data here */
    public static void requireNone(Path root) {
        if (Files.exists(root.resolve(DATABASE))) {
            throw new StorageException("%s: already holds a server's data (%s)".formatted(root, DATABASE));
        }
    }

    private static void requireFinished(Path root) {
        if (Files.exists(root.resolve(UNFINISHED)) && !Files.exists(root.resolve(DATABASE))) {
            throw new StorageException(
                    "%s: an import or a restore into this directory was not finished; run it again, or delete %s"
                            .formatted(root, UNFINISHED));
        }
    }

    private static DataDirectory alone(Path root, String database) throws IOException {
        PrivateFiles.folder(root);
        FileChannel lockFile = FileChannel.open(
                PrivateFiles.file(root.resolve(LOCK_FILE)), StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (!lock(lockFile)) {
            lockFile.close();
            throw new StorageException("%s: another verstak-server process uses this data directory".formatted(root));
        }
        PrivateFiles.folder(root.resolve("blobs"));
        DataDirectory directory = new DataDirectory(root, root.resolve(database), lockFile);
        PrivateFiles.folder(directory.temp());
        return directory;
    }

    /** Its file stays all the while: by it everybody can tell that there is nothing to lose here. */
    private void beginAnew() throws IOException {
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

    /** Drops a new database that will not be finished. */
    public void abandon() throws IOException {
        dropJournals();
        Files.deleteIfExists(database.resolveSibling(UNFINISHED));
    }

    /** Removes the lock's file, so that a directory is as if nobody had been here. The lock itself is held on. */
    public void removeLock() throws IOException {
        Files.deleteIfExists(root.resolve(LOCK_FILE));
    }

    /** Gives a new database its name, when all of it would survive a power cut. From then on there is a server. Blocks. */
    public void finish() throws IOException {
        try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(database, root.resolve(DATABASE), StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.force(root);
    }

    /**
     * The directory of a server that may be running, for a command that changes its database only.
     *
     * @throws StorageException in one line for a person
     */
    public static DataDirectory openShared(Path root) {
        try {
            requireFinished(root);
            TracesOfServer.requireDatabase(root);
            PrivateFiles.folder(root);
            FileChannel lockFile = FileChannel.open(
                    PrivateFiles.file(root.resolve(LOCK_FILE)), StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean alone = lock(lockFile);
            if (!alone) {
                lockFile.close();
            }
            DataDirectory directory = new DataDirectory(root, root.resolve(DATABASE), alone ? lockFile : null);
            PrivateFiles.file(directory.database());
            return directory;
        } catch (IOException e) {
            throw cannotBeUsed(root, e);
        }
    }

    /**
     * A directory that is only read, whether or not a server runs on it; nothing in it is made.
     *
     * @throws StorageException in one line for a person: there is no database
     */
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
            // Told below.
        }
        throw new StorageException(
                root + ": there is no " + DATABASE + "; name the server's data directory with --data");
    }

    /** Whether another process uses the directory now. */
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

    /** Whether no other process uses the directory, nor will until it is closed: only then may its schema change. */
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

    /** The database's file. */
    public Path database() {
        return database;
    }

    /** The key of {@link SecretBox}: without it, what is sealed in the database is lost. */
    public Path secretKey() {
        return root.resolve("secret.key");
    }

    /** The folder of finished blobs, {@code ab/cd/<sha256>} below it. */
    public Path blobs() {
        return root.resolve("blobs");
    }

    /** Says that the database was found damaged: until it is checked as a whole and found well, nothing writes into it. */
    public Path damageMark() {
        return root.resolve(DATABASE + ".damaged");
    }

    /** Where the file of a blob lies below such a folder. */
    public static Path blobFile(Path blobs, Sha256 sha256) {
        String hex = sha256.hex();
        return blobs.resolve(hex.substring(0, 2)).resolve(hex.substring(2, 4)).resolve(hex);
    }

    /**
     * The folder of files that are still being written. They get their names by a rename, so it lies on the file system of
     * {@link #blobs()}, within it when that is another one than the rest is on.
     */
    public Path temp() {
        return blobsApart ? blobs().resolve("tmp") : root.resolve("tmp");
    }

    /** The permissions of every folder, to be given when it is made. */
    public static FileAttribute<Set<PosixFilePermission>> folderPermissions() {
        return PosixFilePermissions.asFileAttribute(FOLDER);
    }

    /** The permissions of every file, to be given when it is made. */
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
