package io.verstak.server.storage.log;

import io.verstak.server.domain.DeviceIdentity;

/** Decides on the sequences that are left out for a device whose cursor is above a restored log. */
public final class LogGap {
    /** A cursor further above the head than this cannot come from a restore. */
    private static final long MAX_AHEAD = 10_000_000;

    /** A device that claims to be ahead again and again must leave sequences for what is to come, and for restores. */
    private static final long MAX_SKIPPED = OpLog.MAX_SEQUENCE / 2;

    /** A gap that a restore has made may be widened, too; by less each time, nobody fills the audit log. */
    private static final long TOLD_WIDENING = 1000;

    /** The rows of gaps as a transaction of an engine sees them. */
    public interface Rows {
        /** Reserves a gap up to and including {@code until}. Returns true when this begins a gap, false when it extends one. */
        boolean reserve(ScopeTail scope, long until, long now);

        /** Adds an entry to the audit log. */
        void audit(String type, String userId, String deviceId, String message, long now);
    }

    private LogGap() {}

    /** Returns whether a cursor is above all that a scope has numbered, by no more than a restore can cause. */
    static boolean mayBeRestored(long cursor, long head, long counter) {
        return cursor > counter && cursor - head <= MAX_AHEAD;
    }

    /**
     * Reserves the gap that a cursor needs, if any: see {@link OpLog#skipTo}.
     *
     * @param now milliseconds since the epoch
     * @return whether one was reserved
     */
    public static boolean reserve(Rows rows, ScopeTail scope, DeviceIdentity device, long cursor, long now) {
        if (!mayBeRestored(cursor, scope.head(), scope.counter()) || cursor > MAX_SKIPPED) {
            return false;
        }
        boolean begun = rows.reserve(scope, cursor, now);
        if (begun || cursor - scope.counter() >= TOLD_WIDENING) {
            rows.audit(
                    "log_skipped",
                    device.userId(),
                    device.deviceId(),
                    "a device is ahead of the log: sequences %s to %s are left out"
                            .formatted(scope.counter() + 1, cursor),
                    now);
        }
        return true;
    }
}
