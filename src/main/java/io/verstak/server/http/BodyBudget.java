package io.verstak.server.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that bodies may take from their first byte until they are answered, all connections together. Small ones
 * are free, and nobody has two large ones at once: whoever sends huge bodies over a slow line never keeps everybody
 * else's pushes out. Safe for any thread.
 */
final class BodyBudget {
    private static final int FREE_BYTES = 64 << 10;

    private final AtomicLong left;
    private final Set<String> ownersOfLarge = ConcurrentHashMap.newKeySet();

    /** @param bytes shared by all bodies beyond their first 64 KiB */
    BodyBudget(long bytes) {
        left = new AtomicLong(bytes);
    }

    /** @param owner a device's id, or the address of somebody unknown */
    Share share(String owner) {
        return new Share(owner);
    }

    /** What one body takes; used by one event loop. */
    final class Share implements AutoCloseable {
        private final String owner;
        private long free = FREE_BYTES;
        private long taken;
        private boolean large;

        private Share(String owner) {
            this.owner = owner;
        }

        /** Takes room for more bytes; false when there is none. */
        boolean grow(long bytes) {
            long fromFree = Math.min(free, bytes);
            free -= fromFree;
            long rest = bytes - fromFree;
            if (rest == 0) {
                return true;
            }
            large = large || ownersOfLarge.add(owner);
            if (!large) {
                return false;
            }
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
            if (large) {
                large = false;
                ownersOfLarge.remove(owner);
            }
        }
    }
}
