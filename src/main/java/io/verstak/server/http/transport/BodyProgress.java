package io.verstak.server.http.transport;

import org.jspecify.annotations.Nullable;

/**
 * Whether the body now arriving keeps to the slowest allowed rate. The clock runs only while a read is pending on the socket:
 * when the server has paused reading, or has not yet said 100 Continue, waiting is not the client's doing.
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

    void begin(RequestHead head, long now) {
        rate = head.contentLength() == 0 ? null : new TransferRate(limits.bodyBytesPerSecond(), limits.bodyWindow());
        heldBack = head.expectsContinue();
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

    /** 100 Continue has been written. */
    void continued(long now) {
        settle(now);
        heldBack = false;
    }

    /** The channel asks the socket for more. */
    void readBegins(long now) {
        if (!reading) {
            reading = true;
            readingSince = now;
        }
    }

    /** The socket has given what it had, and is not asked again yet. */
    void readEnds(long now) {
        settle(now);
        reading = false;
    }

    /** Called from time to time; whether the body is too slow. */
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
