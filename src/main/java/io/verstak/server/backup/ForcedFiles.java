package io.verstak.server.backup;

import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes many small files durable. Forced one by one, each would wait for its own commit of the file system's journal;
 * several at once share one. Blocks; used by one thread.
 */
final class ForcedFiles implements AutoCloseable {
    private static final int AT_ONCE = 16;
    private static final int MOST_WAITING = 512;

    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private final List<Path> waiting = new ArrayList<>();

    /** Adds a written file that is to be durable when {@link #finish} returns. */
    void add(Path file) throws IOException {
        waiting.add(file);
        if (waiting.size() >= MOST_WAITING) {
            finish();
        }
    }

    /** Makes all added files durable, but not their names. */
    void finish() throws IOException {
        List<Callable<Void>> all = new ArrayList<>();
        for (Path file : waiting) {
            all.add(() -> {
                PrivateFiles.force(file);
                return null;
            });
        }
        waiting.clear();
        try {
            for (Future<Void> forced : threads.invokeAll(all)) {
                forced.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("fsync failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
