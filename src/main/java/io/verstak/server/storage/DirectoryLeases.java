package io.verstak.server.storage;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Leases among the processes on one data directory: the server, and a command such as {@code backup}. Each is a lock on a byte of
 * {@code server.lock}, which the system drops when the process ends.
 *
 * <p>A process must open that file only once: closing it drops all locks of the process on it.
 */
public final class DirectoryLeases implements Leases, AutoCloseable {
    /** The byte that the owner of the directory locks. */
    static final long OWNER = 0;

    /** Not locked by anybody, but for a server of an earlier release: it locks the whole file. */
    private static final long UNUSED = 1;

    private static final long FIRST = 2;

    private final FileChannel file;

    /** @param file is closed by its owner */
    DirectoryLeases(FileChannel file) {
        this.file = file;
    }

    /**
     * Opens the leases of a directory, for a process that has not opened it otherwise than to read. Blocks.
     *
     * @throws StorageException in one line for a person
     */
    public static DirectoryLeases open(Path root) {
        try {
            return new DirectoryLeases(file(root));
        } catch (IOException e) {
            throw DataDirectory.cannotBeUsed(root, e);
        }
    }

    /** Opens the file of the locks, and makes it if it is missing. */
    static FileChannel file(Path root) throws IOException {
        return FileChannel.open(
                PrivateFiles.file(root.resolve(DataDirectory.LOCK_FILE)),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    /** A lease, and the lock that makes it exclusive: null beside a server of an earlier release. */
    private static final class Held implements Lease {
        private final FileChannel file;
        private final @Nullable FileLock lock;
        private volatile boolean released;

        Held(FileChannel file, @Nullable FileLock lock) {
            this.file = file;
            this.lock = lock;
        }

        @Override
        public boolean isHeld() {
            return !released && file.isOpen();
        }

        @Override
        public Future<Void> release() {
            released = true;
            try {
                if (lock != null) {
                    lock.release();
                }
            } catch (IOException gone) {
                // A closed file has no locks any more.
            }
            return Future.succeededFuture();
        }
    }

    /** Completes at once: the system answers without waiting for another process. */
    @Override
    public Future<Optional<Lease>> take(String name) {
        try {
            // Two names may share a byte. Then the work of one waits for that of the other.
            FileLock lock = file.tryLock(FIRST + Integer.toUnsignedLong(name.hashCode()), 1, false);
            return Future.succeededFuture(
                    lock != null || isOwnedByEarlierRelease() ? Optional.of(new Held(file, lock)) : Optional.empty());
        } catch (OverlappingFileLockException | ClosedChannelException held) {
            return Future.succeededFuture(Optional.empty());
        } catch (IOException failure) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAVAILABLE));
        }
    }

    /** Such a server knows of no leases. A backup beside it is made all the same: upgrades begin with one. */
    private boolean isOwnedByEarlierRelease() throws IOException {
        try (FileLock free = file.tryLock(UNUSED, 1, true)) {
            return free == null;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
