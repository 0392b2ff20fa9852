package io.verstak.server.http.core;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Limits the memory of bodies from their first byte until they are answered, over all connections. The first bytes of
 * each are free, up to a limit of all free bytes. No single owner can fill it: several bodies of one owner share a
 * small part, a single one may be huge, and a huge one leaves room for ordinary batches however slowly it arrives. Safe
 * for any thread.
 */
public final class BodyBudget {
    /** The overhead of one piece of a body: many tiny pieces take more memory than their bytes. */
    private static final int BYTES_PER_PIECE = 64;

    /** A larger body is huge and may not use the reserve. */
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

    /** @param owner a user's id, or the address of an unauthenticated caller */
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

    /** The share of one body; used by one event loop. */
    public final class Share implements AutoCloseable {
        private final String owner;
        private long takenFree;
        private long taken;

        private Share(String owner) {
            this.owner = owner;
        }

        /** Reserves memory for another piece. Returns false when there is none. */
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
