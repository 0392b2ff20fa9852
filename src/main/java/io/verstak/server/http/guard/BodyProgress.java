package io.verstak.server.http.guard;

import org.jspecify.annotations.Nullable;

/**
 * Checks that a request body arrives at the required rate. Time counts only while a read is pending on the socket: the
 * client is not to blame while the server has paused reading or has not yet sent 100 Continue.
 */
final class BodyProgress {
    private final TransportLimits limits;

    private @Nullable TransferRate rate;
    private boolean heldBack;
    private boolean reading;
    private long readingSince;

    BodyProgress(TransportLimits limits) {
        this.limits = limits;
    }

    /**
     * Begins a request.
     *
     * @param expectsContinue whether the client may hold the body back until 100 Continue
     */
    void begin(boolean hasBody, boolean expectsContinue, long now) {
        rate = hasBody ? new TransferRate(limits.bodyBytesPerSecond(), limits.bodyWindow()) : null;
        heldBack = hasBody && expectsContinue;
        readingSince = now;
    }

    void received(long bytes) {
        if (rate != null && bytes > 0) {
            heldBack = false;
            rate.received(bytes);
        }
    }

    void end() {
        rate = null;
        heldBack = false;
    }

    /** Records that 100 Continue was written. */
    void continued(long now) {
        settle(now);
        heldBack = false;
    }

    /** Records that a read is pending. */
    void readBegins(long now) {
        if (!reading) {
            reading = true;
            readingSince = now;
        }
    }

    /** Records that a read completed. */
    void readEnds(long now) {
        settle(now);
        reading = false;
    }

    /** Returns whether the body is too slow. Called periodically. */
    boolean isTooSlow(long now) {
        settle(now);
        return rate != null && rate.tooSlow();
    }

    private void settle(long now) {
        if (rate != null && reading && !heldBack) {
            rate.waited(now - readingSince);
        }
        readingSince = now;
    }
}
