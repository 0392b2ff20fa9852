package io.verstak.server.http.guard;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks one connection periodically and ends it when the other side makes no progress: no head, a slow body, an answer
 * that is not taken, or idleness. Time in which the server works never counts. Runs on the connection's event loop.
 */
final class ConnectionTimeouts {
    private static final long MIN_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MAX_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int TICKS_PER_LIMIT = 10;

    private final Channel channel;
    private final RequestTracker requests;
    private final BodyProgress body;
    private final OutputProgress output;
    private final ConnectionShutdown end;
    private final long tickNanos;
    private @Nullable ScheduledFuture<?> ticks;

    ConnectionTimeouts(
            Channel channel,
            TransportLimits limits,
            RequestTracker requests,
            BodyProgress body,
            OutputProgress output,
            ConnectionShutdown end) {
        this.channel = channel;
        this.requests = requests;
        this.body = body;
        this.end = end;
        this.output = output;
        this.tickNanos = tickNanos(limits);
    }

    void start() {
        ticks = channel.eventLoop().scheduleWithFixedDelay(this::tick, tickNanos, tickNanos, TimeUnit.NANOSECONDS);
    }

    void stop() {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        if (output.isStalled(now)) {
            end.closeNow();
        } else if (end.isDecided()) {
            end.check(now);
        } else if (body.isTooSlow(now)) {
            end.refuse(Refusal.TIMEOUT, false);
        } else if (output.isWaiting()) {
            requests.busy(now);
        } else if (requests.isOverdue(now)) {
            end.closeNow();
        }
    }

    private static long tickNanos(TransportLimits limits) {
        long shortest = List.of(
                        limits.headTimeout(),
                        limits.idleTimeout(),
                        limits.bodyWindow(),
                        limits.responseStall(),
                        limits.lingerSilence())
                .stream()
                .mapToLong(Duration::toNanos)
                .min()
                .orElseThrow();
        return Math.max(MIN_TICK_NANOS, Math.min(MAX_TICK_NANOS, shortest / TICKS_PER_LIMIT));
    }
}
