package io.verstak.server.auth.limit;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;

/**
 * A limiter's decision on an attempt.
 *
 * @param retryAfterSeconds whole seconds until the next attempt is allowed; 0 when this one is
 */
public record Decision(int retryAfterSeconds) {
    static final Decision ALLOWED = new Decision(0);

    private static final long MILLIS = 1000;

    static Decision blockedFor(long millis) {
        return millis <= 0 ? ALLOWED : new Decision(Math.toIntExact((millis + MILLIS - 1) / MILLIS));
    }

    public boolean allowed() {
        return retryAfterSeconds == 0;
    }

    /** Throws {@link ErrorCode#RATE_LIMITED} with its {@code Retry-After} unless allowed. */
    public void orThrow() {
        if (!allowed()) {
            throw ServerException.retryAfter(ErrorCode.RATE_LIMITED, retryAfterSeconds);
        }
    }

    /** Returns the stricter of two. */
    Decision and(Decision other) {
        return other.retryAfterSeconds > retryAfterSeconds ? other : this;
    }
}
