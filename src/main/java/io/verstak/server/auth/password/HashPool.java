package io.verstak.server.auth.password;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that hash passwords, with a bounded queue.
 *
 * <p>A hash takes 19 MiB and tens of milliseconds, so both are limited: at most {@code threads} hashes are computed at
 * once, and work that finds the queue full is refused immediately with {@link ErrorCode#UNAVAILABLE}. The threads and
 * their memory stay: releasing and allocating it again would cause collections of the whole heap.
 */
public final class HashPool implements AutoCloseable {
    /** Half of the processors, at most two: the others serve syncing devices. */
    public static final int DEFAULT_THREADS =
            Math.min(2, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    public static final int DEFAULT_QUEUE = 32;

    /** A full queue of the default size is done within this time. */
    private static final int RETRY_AFTER_SECONDS = 2;

    private final ThreadPoolExecutor executor;

    public HashPool() {
        this(DEFAULT_THREADS, DEFAULT_QUEUE);
    }

    /**
     * @param threads hashes computed at once
     * @param queue hashes that may wait for a thread
     */
    public HashPool(int threads, int queue) {
        executor = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), namedThreads());
    }

    /**
     * Runs the work on a thread of the pool. The future completes on the caller's Vert.x context, or on the pool's
     * thread if the caller has none. It fails with the work's exception, or with {@link ErrorCode#UNAVAILABLE} when the
     * queue is full or the pool closed.
     */
    public <T> Future<T> submit(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> complete(result, work));
        } catch (RejectedExecutionException full) {
            return Future.failedFuture(ServerException.retryAfter(ErrorCode.UNAVAILABLE, RETRY_AFTER_SECONDS));
        }
        @Nullable Context context = Vertx.currentContext();
        return context == null ? Future.fromCompletionStage(result) : Future.fromCompletionStage(result, context);
    }

    /** Registers metrics of its threads and its queue. */
    public void measure(MeterRegistry registry) {
        Gauge.builder("verstak.password.hashes.running", executor, ThreadPoolExecutor::getActiveCount)
                .description("Passwords that are being hashed")
                .register(registry);
        Gauge.builder("verstak.password.hashes.waiting", this, HashPool::waiting)
                .description("Passwords that wait to be hashed")
                .register(registry);
    }

    /** Returns the number of queued hashes. */
    public int waiting() {
        return executor.getQueue().size();
    }

    /** Refuses new work; queued work is still done. Does not block. */
    @Override
    public void close() {
        executor.shutdown();
    }

    // An Error must reach the caller as well: a request whose hash ran out of memory is answered, not left waiting.
    @SuppressWarnings("CatchingUnchecked")
    private static <T> void complete(CompletableFuture<T> result, Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (Throwable failure) {
            result.completeExceptionally(failure);
        }
    }

    /**
     * The threads have the lowest priority on a busy machine, where the JVM is configured to use priorities
     * (conf/jvm.options).
     */
    @SuppressWarnings("ThreadPriorityCheck")
    private static ThreadFactory namedThreads() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "password-hash-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            return thread;
        };
    }
}
