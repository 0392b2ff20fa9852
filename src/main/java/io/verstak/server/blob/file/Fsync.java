package io.verstak.server.blob.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forces files and folders to disk. A failed fsync stops the process: the pages it was to write may be gone, and a
 * second try would report them as safe (https://wiki.postgresql.org/wiki/Fsync_Errors). All methods block.
 */
final class Fsync {
    private static final Logger LOG = LoggerFactory.getLogger(Fsync.class);

    private final Runnable onFatal;
    private final @Nullable Set<Path> postponed;
    private final AtomicBoolean fatal = new AtomicBoolean();

    /** @param onFatal runs once, on the thread that sees the first failure */
    Fsync(Runnable onFatal) {
        this(onFatal, null);
    }

    private Fsync(Runnable onFatal, @Nullable Set<Path> postponed) {
        this.onFatal = onFatal;
        this.postponed = postponed;
    }

    /**
     * Returns an fsync for an import, which nobody acknowledges before its end: {@link #folder} does nothing before
     * {@link #flush}, which forces each folder once.
     */
    static Fsync postponingFolders(Runnable onFatal) {
        return new Fsync(onFatal, new ConcurrentSkipListSet<>());
    }

    /** Succeeds when everything written to the file would survive a power cut. */
    void file(FileChannel file) throws IOException {
        try {
            file.force(true);
        } catch (IOException failure) {
            stop(failure);
            throw failure;
        }
    }

    /** Succeeds when the names in the folder would survive a power cut. */
    void folder(Path folder) throws IOException {
        if (postponed == null) {
            force(folder);
        } else {
            postponed.add(folder);
        }
    }

    /** Forces the folders that were postponed. */
    void flush() throws IOException {
        if (postponed != null) {
            for (Path folder : postponed) {
                force(folder);
            }
        }
    }

    private void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            file(channel);
        }
    }

    private void stop(IOException failure) {
        if (fatal.compareAndSet(false, true)) {
            LOG.error(
                    "fsync of a blob failed: the process stops, so that nothing is acknowledged which is lost",
                    failure);
            onFatal.run();
        }
    }
}
