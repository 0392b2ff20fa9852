package io.verstak.server.domain;

import org.jspecify.annotations.Nullable;

/**
 * Whether a device has what other devices have pushed to its vault.
 *
 * @param waiting operations of other devices above everything that was delivered to it; of very many only some are counted
 * @param more whether there are more operations than were counted
 * @param late whether operations wait although the device was seen after the last push to its vault
 * @param syncedAt when it last got all there was, in milliseconds since the epoch; null: not known
 */
public record SyncState(
        long waiting, boolean more, boolean late, @Nullable Long syncedAt) {
    /** Of a device that nobody has asked about. */
    public static final SyncState UNKNOWN = new SyncState(0, true, false, null);

    /** Whether nothing waits. */
    public boolean current() {
        return waiting == 0 && !more;
    }
}
