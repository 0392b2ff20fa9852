package io.verstak.server.domain;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Divides a bounded amount, of bytes or of places, among owners. No owner can take all of it: the leases of one owner
 * hold at most {@code perOwner} together. With a reserve, an owner whose only lease is large may hold more than that,
 * but the reserve is kept for leases of an ordinary size. Safe for any thread.
 *
 * @param <K> identifies an owner by {@code equals}; nothing is remembered of an owner without leases
 */
public final class FairPool<K> {
    private final LongSupplier total;
    private final long perOwner;
    private final long reserve;
    private final long ordinary;
    private final Map<K, Long> takenByOwner = new HashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private long taken;
    private boolean closed;

    private FairPool(LongSupplier total, long perOwner, long reserve, long ordinary) {
        this.total = total;
        this.perOwner = perOwner;
        this.reserve = reserve;
        this.ordinary = ordinary;
    }

    /** Returns a pool without a reserve. */
    public static <K> FairPool<K> of(long total, long perOwner) {
        return new FairPool<>(() -> total, perOwner, 0, Long.MAX_VALUE);
    }

    /**
     * Returns a pool with a reserve.
     *
     * @param total may change; leases that are open then keep what they hold
     * @param perOwner the most that several leases of one owner hold together
     * @param reserve the part of the total that only leases of up to {@code ordinary} may use
     */
    public static <K> FairPool<K> withReserve(LongSupplier total, long perOwner, long reserve, long ordinary) {
        return new FairPool<>(total, perOwner, reserve, ordinary);
    }

    /** Returns an empty lease, which may grow. */
    public Lease lease(K owner) {
        return new Share(owner);
    }

    /** Returns a lease of the amount. Empty when the pool or the owner's part of it has no room, or after the close. */
    public Optional<Lease> lease(K owner, long amount) {
        Lease lease = lease(owner);
        return lease.grow(amount) ? Optional.of(lease) : Optional.empty();
    }

    /**
     * Returns a lease of at most half of what is free, so that something remains for others.
     *
     * @return a lease of {@code most} or less; empty when that would be less than {@code least}
     */
    public synchronized Optional<Lease> leaseUpTo(K owner, long least, long most) {
        long free = Math.min((total.getAsLong() - taken) / 2, perOwner - takenBy(owner));
        return free < least ? Optional.empty() : lease(owner, Math.min(most, free));
    }

    /** Returns the amount of all leases together. */
    public synchronized long taken() {
        return taken;
    }

    /** Returns the number of owners that hold something. */
    synchronized int owners() {
        return takenByOwner.size();
    }

    /** Gives no further lease. The result completes when all are given back. */
    public synchronized CompletionStage<Void> close() {
        closed = true;
        completeWhenEmpty();
        return ended.minimalCompletionStage();
    }

    private long takenBy(K owner) {
        return takenByOwner.getOrDefault(owner, 0L);
    }

    private void completeWhenEmpty() {
        if (closed && taken == 0) {
            ended.complete(null);
        }
    }

    private final class Share implements Lease {
        private final K owner;
        private final Share whole;
        private long amount;
        private int holders = 1;
        private boolean returned;

        Share(K owner) {
            this.owner = owner;
            this.whole = this;
        }

        Share(Share whole) {
            this.owner = whole.owner;
            this.whole = whole;
            whole.holders++;
        }

        @Override
        public long amount() {
            synchronized (FairPool.this) {
                return returned ? 0 : whole.amount;
            }
        }

        @Override
        public boolean grow(long more) {
            synchronized (FairPool.this) {
                long ofOwner = takenBy(owner);
                boolean mayExceed = reserve > 0 && ofOwner == whole.amount;
                long kept = whole.amount + more <= ordinary ? 0 : reserve;
                boolean room = more <= total.getAsLong() - taken - kept && (mayExceed || more <= perOwner - ofOwner);
                if (returned || closed || !room) {
                    return false;
                }
                set(whole.amount + more);
                return true;
            }
        }

        @Override
        public void settle(long needed) {
            synchronized (FairPool.this) {
                if (!returned) {
                    set(needed);
                }
            }
        }

        @Override
        public Lease share() {
            synchronized (FairPool.this) {
                if (returned) {
                    throw new IllegalStateException("the lease has ended");
                }
                return new Share(whole);
            }
        }

        @Override
        public Optional<Lease> copy() {
            synchronized (FairPool.this) {
                return leaseUpTo(owner, amount(), amount());
            }
        }

        @Override
        public void close() {
            synchronized (FairPool.this) {
                if (!returned) {
                    returned = true;
                    whole.holders--;
                    if (whole.holders == 0) {
                        set(0);
                        completeWhenEmpty();
                    }
                }
            }
        }

        private void set(long newAmount) {
            long change = newAmount - whole.amount;
            if (change == 0) {
                return;
            }
            whole.amount = newAmount;
            taken += change;
            long ofOwner = takenBy(owner) + change;
            if (ofOwner == 0) {
                takenByOwner.remove(owner);
            } else {
                takenByOwner.put(owner, ofOwner);
            }
        }
    }
}
