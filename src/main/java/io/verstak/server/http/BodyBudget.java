package io.verstak.server.http;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The memory that bodies may take from their first byte until they are answered, all connections together. The first
 * bytes of each are free, until all the free ones together are a lot. Nobody fills it alone: who has several bodies on the way gets a small part, who has one may send
 * a huge one, and a huge one leaves room for everybody's ordinary batches, however slowly it comes. Safe for any thread.
 */
final class BodyBudget {
    /** What one piece of a body takes besides its bytes: many tiny pieces weigh more than they say. */
    private static final int BYTES_PER_PIECE = 64;

    /** Beyond this a body is huge, and the reserve is not for it. */
    private static final int ORDINARY_BYTES = 1 << 20;

    private static final int BYTES_OF_SEVERAL = 4 << 20;

    private final LongSupplier total;
    private final long reserve;
    private final int freeOfEach;
    private final long freeTogether;
    private long taken;
    private long takenFree;
    private final Map<String, Long> takenByOwner = new HashMap<>();

    /**
     * @param total for all bodies beyond what is free
     * @param reserve the part of it that is kept for bodies of up to 1 MiB
     * @param freeOfEach the first bytes of a body, which do not count
     * @param freeTogether how many such bytes there are for all bodies; beyond them every byte counts
     */
    BodyBudget(LongSupplier total, long reserve, int freeOfEach, long freeTogether) {
        this.total = total;
        this.reserve = reserve;
        this.freeOfEach = freeOfEach;
        this.freeTogether = freeTogether;
    }

    /** @param owner a user's id, or the address of somebody unknown */
    Share share(String owner) {
        return new Share(owner);
    }

    private synchronized long takeFree(long wanted) {
        long given = Math.min(wanted, freeTogether - takenFree);
        takenFree += given;
        return given;
    }

    private synchronized boolean take(Share share, long bytes) {
        long ofOwner = takenByOwner.getOrDefault(share.owner, 0L);
        boolean only = ofOwner == share.taken;
        boolean ordinary = share.taken + bytes <= ORDINARY_BYTES;
        long room = total.getAsLong() - taken - (ordinary ? 0 : reserve);
        if (bytes > room || (!only && ofOwner + bytes > BYTES_OF_SEVERAL)) {
            return false;
        }
        taken += bytes;
        share.taken += bytes;
        takenByOwner.put(share.owner, ofOwner + bytes);
        return true;
    }

    private synchronized void release(Share share) {
        takenFree -= share.takenFree;
        share.takenFree = 0;
        if (share.taken > 0) {
            taken -= share.taken;
            long left = takenByOwner.getOrDefault(share.owner, 0L) - share.taken;
            share.taken = 0;
            if (left == 0) {
                takenByOwner.remove(share.owner);
            } else {
                takenByOwner.put(share.owner, left);
            }
        }
    }

    /** What one body takes; used by one event loop. */
    final class Share implements AutoCloseable {
        private final String owner;
        private long takenFree;
        private long taken;

        private Share(String owner) {
            this.owner = owner;
        }

        /** Takes room for another piece; false when there is none. */
        boolean grow(int pieceBytes) {
            long bytes = (long) pieceBytes + BYTES_PER_PIECE;
            long fromFree = takeFree(Math.min(freeOfEach - takenFree, bytes));
            takenFree += fromFree;
            return bytes == fromFree || take(this, bytes - fromFree);
        }

        @Override
        public void close() {
            release(this);
        }
    }
}
