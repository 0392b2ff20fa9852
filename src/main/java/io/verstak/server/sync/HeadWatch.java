package io.verstak.server.sync;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the head of which scope. A wait is an entry in memory and nothing else: no thread and no connection to the
 * database.
 *
 * <p>A move of a head wakes the scope's waits at once, but not more often than every {@value #REST_MILLIS} ms: what moves
 * in between is told together at the end of that rest. Safe for any thread.
 */
public final class HeadWatch {
    /** Between two wakes of one scope. */
    static final long REST_MILLIS = 20;

    private static final int STREAMS_PER_DEVICE = 8;

    /** Over how long clients that are sent away together come back. */
    private static final int COME_BACK_WITHIN_SECONDS = 10;

    private final Vertx vertx;
    private final Context context;
    private final int maxWaits;
    private final Random random;
    private final Map<Long, WatchedScope> scopes = new HashMap<>();
    private final Map<String, Deque<HeadWait>> streams = new HashMap<>();
    private int waits;
    private boolean closed;

    /** A scope that somebody waits for, or whose last wake is less than a rest ago. */
    private static final class WatchedScope {
        private final Set<HeadWait> waits = new LinkedHashSet<>();
        private long head;
        private long told;
        private boolean resting;
    }

    /** @param maxWaits how many may wait at once; beyond it a new one is refused */
    public HeadWatch(Vertx vertx, int maxWaits, Random random) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.maxWaits = maxWaits;
        this.random = random;
    }

    /**
     * Waits from now on, on the caller's context: no move after this call is missed.
     *
     * @param stream whether it counts as one of the device's streams, of which the oldest ends when there are too many
     * @throws ServerException {@code UNAVAILABLE} when too many wait already, or the server is stopping
     */
    public HeadWait open(DeviceIdentity device, boolean stream, HeadWait.Listener listener) {
        HeadWait wait = new HeadWait(this, device, stream, vertx.getOrCreateContext(), listener);
        HeadWait replaced = add(wait);
        if (replaced != null) {
            replaced.end(WaitEnd.REPLACED);
        }
        return wait;
    }

    private synchronized @Nullable HeadWait add(HeadWait wait) {
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
        Deque<HeadWait> ofDevice =
                streams.computeIfAbsent(wait.device().deviceId(), id -> new ArrayDeque<>(STREAMS_PER_DEVICE));
        HeadWait oldest = ofDevice.size() == STREAMS_PER_DEVICE ? ofDevice.removeFirst() : null;
        ofDevice.addLast(wait);
        return oldest;
    }

    synchronized void remove(HeadWait wait) {
        long scopeId = wait.device().scope().id();
        WatchedScope scope = scopes.get(scopeId);
        if (scope == null || !scope.waits.remove(wait)) {
            return;
        }
        waits--;
        forgetIfIdle(scopeId, scope);
        Deque<HeadWait> ofDevice = streams.get(wait.device().deviceId());
        if (ofDevice != null && ofDevice.remove(wait) && ofDevice.isEmpty()) {
            streams.remove(wait.device().deviceId());
        }
    }

    private void forgetIfIdle(long scopeId, WatchedScope scope) {
        if (scope.waits.isEmpty() && !scope.resting) {
            scopes.remove(scopeId);
        }
    }

    /** Ops up to this head are committed. Costs next to nothing where nobody waits. */
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
        List<HeadWait> waiting;
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

    /** The head of a scope for which somebody waits, if it has moved meanwhile; 0 where nobody knows without a look. */
    synchronized long knownHead(long scopeId) {
        WatchedScope scope = scopes.get(scopeId);
        return scope == null ? 0 : scope.head;
    }

    /** How many wait. */
    public synchronized int size() {
        return waits;
    }

    /** Those of the devices that wait for which this holds. */
    public Set<DeviceIdentity> devices(Predicate<DeviceIdentity> condition) {
        return waiting().stream().map(HeadWait::device).filter(condition).collect(Collectors.toSet());
    }

    /** Ends the waits of devices that have lost their access. */
    public void end(Set<DeviceIdentity> devices) {
        if (!devices.isEmpty()) {
            waiting().stream()
                    .filter(wait -> devices.contains(wait.device()))
                    .forEach(wait -> wait.end(WaitEnd.ACCESS_LOST));
        }
    }

    /** Ends all waits and takes no new ones: the server is about to stop. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        waiting().forEach(wait -> wait.end(WaitEnd.STOPPING));
    }

    private synchronized List<HeadWait> waiting() {
        List<HeadWait> all = new ArrayList<>(waits);
        scopes.values().forEach(scope -> all.addAll(scope.waits));
        return all;
    }

    /** The refusal of a wait that cannot go on; each names another time, so that not all come back at once. */
    public ServerException goAway() {
        return ServerException.retryAfter(ErrorCode.UNAVAILABLE, 1 + random.nextInt(COME_BACK_WITHIN_SECONDS));
    }

    /** After how many milliseconds a stream that ends is to be opened again; differs from stream to stream as well. */
    public int comeBackMillis() {
        return 1000 + random.nextInt(COME_BACK_WITHIN_SECONDS * 1000);
    }
}
