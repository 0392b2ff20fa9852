package io.verstak.server.account;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.storage.account.DeviceStore;
import io.verstak.server.storage.account.DeviceStore.Activity;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Collects when devices were last seen, how far they have pulled and when they were up to date, and writes that in
 * batches: a read costs no write. A crash loses the last few seconds, which the next pulls report again.
 *
 * <p>Safe for any thread.
 */
public final class DeviceActivity {
    /** Seconds between two writes. */
    public static final int INTERVAL_SECONDS = 5;

    private final DeviceStore devices;
    private final Clock clock;
    private final Map<String, Activity> gathered = new ConcurrentHashMap<>();

    public DeviceActivity(DeviceStore devices, Clock clock) {
        this.devices = devices;
        this.clock = clock;
    }

    /** Records a request of the device. */
    public void seen(DeviceIdentity device) {
        note(device, 0, 0, false);
    }

    /** Records a pull: the device has applied everything up to the cursor. */
    public void pulled(DeviceIdentity device, long cursor) {
        note(device, cursor, 0, false);
    }

    /** Records that the device was sent its whole log up to the head. */
    public void synced(DeviceIdentity device, long head) {
        note(device, 0, head, true);
    }

    private void note(DeviceIdentity device, long cursor, long delivered, boolean synced) {
        long now = clock.millis();
        gathered.merge(
                device.deviceId(),
                new Activity(device.deviceId(), now, cursor, delivered, synced ? now : null),
                DeviceActivity::both);
    }

    private static Activity both(Activity old, Activity latest) {
        return new Activity(
                old.deviceId(),
                latest.lastSeen(),
                Math.max(old.pullCursor(), latest.pullCursor()),
                Math.max(old.delivered(), latest.delivered()),
                latest.syncedAt() == null ? old.syncedAt() : latest.syncedAt());
    }

    /** Writes the collected activity; activity that cannot be written is kept for the next time. */
    public Future<Void> flush() {
        List<Activity> batch = List.copyOf(gathered.values());
        if (batch.isEmpty()) {
            return Future.succeededFuture();
        }
        return devices.note(batch)
                .onSuccess(done -> batch.forEach(activity -> gathered.remove(activity.deviceId(), activity)));
    }
}
