package io.verstak.server.sync;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The memory that large answers may hold until their clients have taken them. A page gets smaller when little is left;
 * and whoever asks for many pages without reading them meets a bound of its own first. Safe for any thread.
 */
public final class AnswerBudget {
    /** The least with which a page is worth reading. */
    private static final long SMALLEST = 64 << 10;

    private final long total;
    private long taken;
    private final Map<String, Long> takenByOwner = new HashMap<>();

    AnswerBudget(long totalBytes) {
        total = totalBytes;
    }

    /**
     * Takes room for an answer of at most so many bytes; less when there is less.
     *
     * @param owner a user's id
     * @return a share of 0 bytes when there is no room at all
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

    /** What one answer takes, or what several take that send the same bytes. */
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
         * The same memory, held by one more, who closes this. A large answer counts again: while it is being taken, each
         * connection has a copy of it outside of the heap. Empty when there is no room for that.
         */
        Optional<Share> another() {
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

        /** Takes as much as the answer really needs. */
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
