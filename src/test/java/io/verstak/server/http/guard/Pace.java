package io.verstak.server.http.guard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Does one thing over and over at a steady pace, which is what slow clients are about. */
final class Pace implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    interface Step {
        void take(int number) throws Exception;
    }

    /** Completes after the last step, or fails with what the first bad one threw. */
    CompletableFuture<Void> steps(int count, Duration every, Step step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        AtomicInteger next = new AtomicInteger();
        var ticks = clock.scheduleAtFixedRate(
                () -> {
                    int number = next.getAndIncrement();
                    try {
                        step.take(number);
                        if (number == count - 1) {
                            done.complete(null);
                        }
                    } catch (Exception failed) {
                        done.completeExceptionally(failed);
                    }
                },
                0,
                every.toNanos(),
                TimeUnit.NANOSECONDS);
        return done.whenComplete((nothing, failed) -> ticks.cancel(false));
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
