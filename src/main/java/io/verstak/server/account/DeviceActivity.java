package io.verstak.server.account;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.storage.DeviceStore;
import io.verstak.server.storage.DeviceStore.Activity;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gathers when devices were last seen and how far they have pulled, and writes that down from time to time: a read costs
 * no write. A crash loses the latest few seconds of it, which the devices tell again with their next pull.
 *
 * <p>Safe for any thread.
 */
public final class DeviceActivity {
    /** Seconds between two writes. */
    static final int INTERVAL_SECONDS = 5;

    private final DeviceStore devices;
    private final Clock clock;
    private final Map<String, Activity> gathered = new ConcurrentHashMap<>();

    public DeviceActivity(DeviceStore devices, Clock clock) {
        this.devices = devices;
        this.clock = clock;
    }

    /** The device made a request. */
    public void seen(DeviceIdentity device) {
        pulled(device, 0);
    }

    /** The device pulled, and so has applied everything up to the cursor. */
    public void pulled(DeviceIdentity device, long cursor) {
        long now = clock.millis();
        gathered.merge(
                device.deviceId(),
                new Activity(device.deviceId(), now, cursor),
                (old, latest) -> new Activity(
                        old.deviceId(), latest.lastSeen(), Math.max(old.pullCursor(), latest.pullCursor())));
    }

    /** Writes what was gathered; what cannot be written now is kept for the next time. */
    Future<Void> flush() {
        List<Activity> batch = List.copyOf(gathered.values());
        if (batch.isEmpty()) {
            return Future.succeededFuture();
        }
        return devices.note(batch)
                .onSuccess(done -> batch.forEach(activity -> gathered.remove(activity.deviceId(), activity)));
    }
}
