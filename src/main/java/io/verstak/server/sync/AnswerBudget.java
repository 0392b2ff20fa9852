package io.verstak.server.sync;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limits the memory that answers hold until their clients have read them. Pages get smaller when memory is short, and a client
 * that requests many pages without reading them reaches its own limit first. Safe for any thread.
 */
public final class AnswerBudget {
    /** The smallest share that is worth reading a page for, in bytes. */
    private static final long SMALLEST = 64 << 10;

    private final long total;
    private long taken;
    private final Map<String, Long> takenByOwner = new HashMap<>();

    AnswerBudget(long totalBytes) {
        total = totalBytes;
    }

    /**
     * Reserves memory for an answer, or less when less is free.
     *
     * @param owner a user's id
     * @param wanted the size of the answer in bytes, at most
     * @return a share of 0 bytes when no memory is free
     */
    synchronized Share take(String owner, long wanted) {
        long ofOwner = takenByOwner.getOrDefault(owner, 0L);
        long room = Math.min((total - taken) / 2, total / 2 - ofOwner);
        Share share = new Share(owner);
        if (room >= Math.min(wanted, SMALLEST)) {
            share.set(Math.min(wanted, room));
        }
        return share;
    }

    /** The memory of one answer, or of several that send the same bytes. */
    public final class Share implements AutoCloseable {
        private final String owner;
        private final Share whole;
        private long bytes;
        private int holders = 1;
        private boolean closed;

        private Share(String owner) {
            this.owner = owner;
            this.whole = this;
        }

        private Share(Share whole) {
            this.owner = whole.owner;
            this.whole = whole;
        }

        /**
         * Returns another holder of the same memory, to be closed separately. A large answer counts again, because each connection
         * copies it outside of the heap while it is sent. Empty when there is no memory for that copy.
         */
        public Optional<Share> another() {
            synchronized (AnswerBudget.this) {
                if (whole.bytes > SMALLEST) {
                    return copy();
                }
                whole.holders++;
                return Optional.of(new Share(whole));
            }
        }

        private Optional<Share> copy() {
            Share copy = take(owner, whole.bytes);
            if (copy.bytes < whole.bytes) {
                copy.close();
                return Optional.empty();
            }
            return Optional.of(copy);
        }

        long bytes() {
            synchronized (AnswerBudget.this) {
                return bytes;
            }
        }

        /** Adjusts the share to the size of the finished answer. */
        void settle(long actual) {
            synchronized (AnswerBudget.this) {
                set(actual);
            }
        }

        private void set(long newBytes) {
            long change = newBytes - bytes;
            bytes = newBytes;
            taken += change;
            long ofOwner = takenByOwner.getOrDefault(owner, 0L) + change;
            if (ofOwner == 0) {
                takenByOwner.remove(owner);
            } else {
                takenByOwner.put(owner, ofOwner);
            }
        }

        @Override
        public void close() {
            synchronized (AnswerBudget.this) {
                if (!closed) {
                    closed = true;
                    whole.holders--;
                    if (whole.holders == 0) {
                        whole.set(0);
                    }
                }
            }
        }
    }
}
