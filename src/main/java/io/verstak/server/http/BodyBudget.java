package io.verstak.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that JSON bodies of all connections together may take while they arrive. Small ones are free, so that a few
 * clients with huge bodies on slow lines never keep everybody else's pushes out. Safe for any thread.
 */
final class BodyBudget {
    private static final int FREE_BYTES = 64 << 10;

    private final AtomicLong left;

    /** @param bytes shared by all bodies beyond their first 64 KiB */
    BodyBudget(long bytes) {
        left = new AtomicLong(bytes);
    }

    Share share() {
        return new Share();
    }

    /** What one body takes; used by one event loop. */
    final class Share implements AutoCloseable {
        private long free = FREE_BYTES;
        private long taken;

        /** Takes room for more bytes; false when there is none. */
        boolean grow(long bytes) {
            long fromFree = Math.min(free, bytes);
            free -= fromFree;
            long rest = bytes - fromFree;
            if (left.addAndGet(-rest) < 0) {
                left.addAndGet(rest);
                return false;
            }
            taken += rest;
            return true;
        }

        @Override
        public void close() {
            left.addAndGet(taken);
            taken = 0;
        }
    }
}
