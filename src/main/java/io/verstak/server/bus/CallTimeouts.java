package io.verstak.server.bus;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fails calls that are not answered in time. One timer looks over all of them: to set and to cancel one for each call would cost
 * an event loop more than the call. Safe for any thread.
 */
final class CallTimeouts {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);
    private static final int ROUNDS_PER_TIMEOUT = 16;
    private static final long MAX_ROUND_MILLIS = 1000;

    private final Vertx vertx;
    private final long timeoutNanos;
    private final long roundMillis;
    private final Map<Promise<Object>, Open> open = new ConcurrentHashMap<>();
    private final AtomicBoolean watching = new AtomicBoolean();

    private record Open(Method method, long since) {}

    /** @param timeout after which a call fails; it fails up to a sixteenth of it later, and at most a second */
    CallTimeouts(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.timeoutNanos = timeout.toNanos();
        this.roundMillis = Math.max(1, Math.min(MAX_ROUND_MILLIS, timeout.toMillis() / ROUNDS_PER_TIMEOUT));
    }

    /** Returns the promise of a call's answer, on the caller's context. It fails with {@code UNAVAILABLE} when it is late. */
    Promise<Object> promise(Method method) {
        Promise<Object> answer = ((ContextInternal) vertx.getOrCreateContext()).promise();
        open.put(answer, new Open(method, System.nanoTime()));
        watch();
        return answer;
    }

    /** Ends the watch over a call: its answer is here. */
    void answered(Promise<Object> answer) {
        open.remove(answer);
    }

    private void watch() {
        if (!watching.get() && watching.compareAndSet(false, true)) {
            vertx.setTimer(roundMillis, timer -> {
                failLate(System.nanoTime());
                watching.set(false);
                if (!open.isEmpty()) {
                    watch();
                }
            });
        }
    }

    private void failLate(long now) {
        open.forEach((answer, begun) -> {
            if (now - begun.since() >= timeoutNanos
                    && open.remove(answer) != null
                    && answer.tryFail(new ServerException(ErrorCode.UNAVAILABLE))) {
                LOG.warn("{}: no answer in time", Call.name(begun.method()));
            }
        });
    }
}
