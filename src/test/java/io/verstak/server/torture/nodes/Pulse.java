package io.verstak.server.torture.nodes;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.torture.Client;
import io.verstak.server.torture.Device;
import io.verstak.server.torture.Scope;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A device that asks all the time, to see for how long it is without an answer. */
final class Pulse extends Client {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Device device;

    /** The ends of answered requests by their beginnings. */
    private final ConcurrentSkipListMap<Long, Long> answered = new ConcurrentSkipListMap<>();

    Pulse(Scope scope) {
        this.device = scope.device();
    }

    @Override
    protected void step() {
        long invokedAt = System.nanoTime();
        if (device.connected()) {
            Answer answer = device.send(Request.get("/api/client/me"));
            if (answer != null && answer.status() == 200) {
                answered.put(invokedAt, System.nanoTime());
            }
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** How long after a moment the first request that began later was answered; empty if none was yet. */
    OptionalLong servedMillisAfter(long moment) {
        var first = answered.higherEntry(moment);
        return first == null
                ? OptionalLong.empty()
                : OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(first.getValue() - moment));
    }

    @Override
    protected Device device() {
        return device;
    }

    @Override
    protected void end() {
        device.close();
    }
}
