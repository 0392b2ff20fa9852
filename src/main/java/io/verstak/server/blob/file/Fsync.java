package io.verstak.server.blob.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forces files and folders to disk. A failed fsync stops the process: the pages it was to write may be gone, and a
 * second try would report them as safe (https://wiki.postgresql.org/wiki/Fsync_Errors). All methods block.
 */
public final class Fsync {
    private static final Logger LOG = LoggerFactory.getLogger(Fsync.class);

    private final Runnable onFatal;
    private final AtomicBoolean fatal = new AtomicBoolean();

    /** @param onFatal runs once, on the thread that sees the first failure */
    Fsync(Runnable onFatal) {
        this.onFatal = onFatal;
    }

    /** Succeeds when everything written to the file would survive a power cut. */
    public void file(FileChannel file) throws IOException {
        try {
            file.force(true);
        } catch (IOException failure) {
            stop(failure);
            throw failure;
        }
    }

    /** Succeeds when the names in the folder would survive a power cut. */
    public void folder(Path folder) throws IOException {
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
