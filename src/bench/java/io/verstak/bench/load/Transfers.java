package io.verstak.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Transfers of whole files that run at once, each on a blocking socket and a thread that mostly waits in the kernel.
 */
public final class Transfers {
    private Transfers() {}

    /** One transfer; returns the bytes of the file that went over. Throws when it was refused or cut off. */
    @FunctionalInterface
    public interface Transfer extends Callable<Long> {
        @Override
        Long call() throws IOException;
    }

    /** Runs all at once and returns bytes per second over the time until the last is through. */
    public static double bytesPerSecond(List<? extends Transfer> transfers) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(transfers.size());
        try {
            long start = System.nanoTime();
            List<Future<Long>> running = new ArrayList<>();
            transfers.forEach(transfer -> running.add(threads.submit(transfer)));
            long bytes = 0;
            for (Future<Long> transfer : running) {
                bytes += transfer.get();
            }
            return bytes / ((System.nanoTime() - start) / 1e9);
        } catch (ExecutionException e) {
            throw new IOException("a transfer failed: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }
}
