package io.verstak.server.sync.wait;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.sync.HeadListener;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notifies subscribers when the head of their scope moves. A subscription is an entry in memory; it takes no thread and no
 * database connection.
 *
 * <p>A move wakes the scope's subscribers immediately, but at most once every {@value #REST_MILLIS} ms: later moves are
 * reported together when that interval ends. Safe for any thread.
 */
public final class HeadNotifier implements HeadListener {
    /** The shortest time between two wakes of one scope. */
    static final long REST_MILLIS = 20;

    private static final int STREAMS_PER_DEVICE = 8;
    private static final long DRAIN_STEP_MILLIS = 50;

    /** Clients that are disconnected together reconnect spread over this time. */
    private static final int COME_BACK_WITHIN_SECONDS = 10;

    private final Vertx vertx;
    private final Context context;
    private final int maxWaits;
    private final boolean shared;
    private final Random random;
    private final Map<Long, WatchedScope> scopes = new HashMap<>();
    private final Map<String, Deque<HeadSubscription>> streams = new HashMap<>();
    private int waits;
    private int openStreams;
    private boolean closed;
    private volatile boolean draining;

    /** A scope with subscribers, or one that was woken less than {@link #REST_MILLIS} ago. */
    private static final class WatchedScope {
        private final Set<HeadSubscription> waits = new LinkedHashSet<>();
        private long head;
        private long told;
        private boolean resting;
    }

    /**
     * @param maxWaits the number of subscriptions above which new ones are refused
     * @param shared whether other nodes push as well: their moves are reported late, or not at all for some seconds
     */
    public HeadNotifier(Vertx vertx, int maxWaits, boolean shared, Random random) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.maxWaits = maxWaits;
        this.shared = shared;
        this.random = random;
    }

    /**
     * Subscribes on the caller's context. No move after this call is missed.
     *
     * @param stream whether it counts as one of the device's streams, of which the oldest is closed when there are too many
     * @throws ServerException {@code UNAVAILABLE} when there are too many subscriptions, or the server is stopping
     */
    public HeadSubscription open(DeviceIdentity device, boolean stream, HeadSubscription.Listener listener) {
        HeadSubscription wait = new HeadSubscription(this, device, stream, vertx.getOrCreateContext(), listener);
        HeadSubscription replaced = add(wait);
        if (replaced != null) {
            replaced.end(CloseReason.REPLACED);
        }
        return wait;
    }

    private synchronized @Nullable HeadSubscription add(HeadSubscription wait) {
        if (closed || waits >= maxWaits) {
            throw goAway();
        }
        waits++;
        scopes.computeIfAbsent(wait.device().scope().id(), id -> new WatchedScope())
                .waits
                .add(wait);
        if (!wait.isStream()) {
            return null;
        }
        Deque<HeadSubscription> ofDevice =
                streams.computeIfAbsent(wait.device().deviceId(), id -> new ArrayDeque<>(STREAMS_PER_DEVICE));
        HeadSubscription oldest = ofDevice.size() == STREAMS_PER_DEVICE ? ofDevice.removeFirst() : null;
        ofDevice.addLast(wait);
        openStreams += oldest == null ? 1 : 0;
        return oldest;
    }

    synchronized void remove(HeadSubscription wait) {
        long scopeId = wait.device().scope().id();
        WatchedScope scope = scopes.get(scopeId);
        if (scope == null || !scope.waits.remove(wait)) {
            return;
        }
        waits--;
        forgetIfIdle(scopeId, scope);
        Deque<HeadSubscription> ofDevice = streams.get(wait.device().deviceId());
        if (ofDevice != null && ofDevice.remove(wait)) {
            openStreams--;
            if (ofDevice.isEmpty()) {
                streams.remove(wait.device().deviceId());
            }
        }
    }

    private void forgetIfIdle(long scopeId, WatchedScope scope) {
        if (scope.waits.isEmpty() && !scope.resting) {
            scopes.remove(scopeId);
        }
    }

    /** Costs next to nothing when the scope has no subscribers. */
    @Override
    public void moved(long scopeId, long head) {
        synchronized (this) {
            WatchedScope scope = scopes.get(scopeId);
            if (scope == null || head <= scope.head) {
                return;
            }
            scope.head = head;
            if (scope.resting) {
                return;
            }
            scope.resting = true;
        }
        context.runOnContext(turn -> wake(scopeId));
    }

    private void wake(long scopeId) {
        long head;
        List<HeadSubscription> waiting;
        synchronized (this) {
            WatchedScope scope = scopes.get(scopeId);
            if (scope == null) {
                return;
            }
            head = scope.head;
            scope.told = head;
            waiting = List.copyOf(scope.waits);
        }
        waiting.forEach(wait -> wait.moved(head));
        vertx.setTimer(REST_MILLIS, timer -> rested(scopeId));
    }

    private void rested(long scopeId) {
        synchronized (this) {
            WatchedScope scope = scopes.get(scopeId);
            if (scope == null) {
                return;
            }
            if (scope.head == scope.told) {
                scope.resting = false;
                forgetIfIdle(scopeId, scope);
                return;
            }
        }
        wake(scopeId);
    }

    /** Returns the last head reported for a scope with subscribers, or 0 when it is not known without a read. */
    synchronized long knownHead(long scopeId) {
        WatchedScope scope = scopes.get(scopeId);
        return scope == null ? 0 : scope.head;
    }

    boolean isShared() {
        return shared;
    }

    /** Returns the scopes with subscribers. */
    public synchronized Set<Long> watched() {
        return scopes.entrySet().stream()
                .filter(scope -> !scope.getValue().waits.isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Returns the number of subscriptions. */
    public synchronized int size() {
        return waits;
    }

    private synchronized int streams() {
        return openStreams;
    }

    private synchronized int pulls() {
        return waits - openStreams;
    }

    /** Registers gauges of the open subscriptions. */
    public void measure(MeterRegistry registry) {
        gauge(registry, "stream", HeadNotifier::streams);
        gauge(registry, "pull", HeadNotifier::pulls);
    }

    private void gauge(MeterRegistry registry, String kind, ToDoubleFunction<HeadNotifier> open) {
        Gauge.builder("verstak.waits", this, open)
                .description("Open event streams, and pulls that wait for news")
                .tag("kind", kind)
                .register(registry);
    }

    /** Returns the waiting devices that match the condition. */
    public Set<DeviceIdentity> devices(Predicate<DeviceIdentity> condition) {
        return waiting().stream()
                .map(HeadSubscription::device)
                .filter(condition)
                .collect(Collectors.toSet());
    }

    /** Closes the subscriptions of devices that have lost their access. */
    public void end(Set<DeviceIdentity> devices) {
        if (!devices.isEmpty()) {
            waiting().stream()
                    .filter(wait -> devices.contains(wait.device()))
                    .forEach(wait -> wait.end(CloseReason.ACCESS_LOST));
        }
    }

    /**
     * Refuses new subscriptions, and closes the others one after the other within this time: other nodes serve their devices, and are not
     * reached by all of them at once.
     */
    public void drain(long millis) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            draining = true;
        }
        Deque<HeadSubscription> rest = new ArrayDeque<>(waiting());
        // Not on the caller's context: timers of a verticle end with it.
        context.runOnContext(turn -> end(rest, millis));
    }

    private void end(Deque<HeadSubscription> rest, long millis) {
        int all = rest.size();
        long begun = System.nanoTime();
        vertx.setPeriodic(DRAIN_STEP_MILLIS, timer -> {
            long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            long left = passed >= millis ? 0 : all * (millis - passed) / millis;
            while (rest.size() > left) {
                rest.removeFirst().end(CloseReason.STOPPING);
            }
            if (rest.isEmpty()) {
                vertx.cancelTimer(timer);
            }
        });
    }

    /** Closes all subscriptions and refuses new ones: the server is stopping. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        waiting().forEach(wait -> wait.end(CloseReason.STOPPING));
    }

    private synchronized List<HeadSubscription> waiting() {
        List<HeadSubscription> all = new ArrayList<>(waits);
        scopes.values().forEach(scope -> all.addAll(scope.waits));
        return all;
    }

    /**
     * Returns the refusal for a closed wait. Each names a different time, so that clients do not all return at once; a node that closes
     * its waits one after the other has seen to that.
     */
    public ServerException goAway() {
        return ServerException.retryAfter(
                ErrorCode.UNAVAILABLE, draining ? 1 : 1 + random.nextInt(COME_BACK_WITHIN_SECONDS));
    }

    /** Returns a random delay in milliseconds after which a closed stream is to be reopened. */
    public int comeBackMillis() {
        return draining ? 1000 : 1000 + random.nextInt(COME_BACK_WITHIN_SECONDS * 1000);
    }
}
