package io.verstak.server.metrics;

import io.verstak.server.error.FailureReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Figures that are looked up when the metrics are read, every ten seconds at most. A look that fails, or takes longer than two
 * seconds, leaves its own figures unknown and delays nothing else; while it goes on, no second one begins.
 */
final class LatestFigures<T> {
    private static final Logger LOG = LoggerFactory.getLogger(LatestFigures.class);
    private static final long KEPT_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long PATIENCE_MILLIS = 2000;

    private final String what;
    private final T unknown;
    private final Supplier<Future<T>> look;
    private @Nullable Future<T> looking;
    private long lookedAt;
    private volatile T latest;

    /** @param what is looked for, for the log */
    LatestFigures(String what, T unknown, Supplier<Future<T>> look) {
        this.what = what;
        this.unknown = unknown;
        this.look = look;
        this.latest = unknown;
    }

    T get() {
        return latest;
    }

    /** Looks again if the figures are stale. Never fails. */
    Future<Void> refresh() {
        Future<T> current = looking();
        return current.timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .onFailure(failure -> {
                    if (failure instanceof TimeoutException) {
                        latest = unknown;
                    }
                })
                .transform(done -> Future.succeededFuture());
    }

    private synchronized Future<T> looking() {
        long now = System.nanoTime();
        Future<T> before = looking;
        if (before != null && (!before.isComplete() || now - lookedAt < KEPT_NANOS)) {
            return before;
        }
        lookedAt = now;
        Future<T> begun = Future.succeededFuture()
                .compose(begin -> look.get())
                .onSuccess(found -> latest = found)
                .onFailure(failure -> {
                    latest = unknown;
                    LOG.debug("no metrics of {}: {}", what, FailureReason.of(failure));
                });
        looking = begun;
        return begun;
    }
}
