package io.verstak.server.domain;

import java.util.Optional;

/** What an owner has taken of a {@link FairPool}. Closing it gives everything back, once. Safe for any thread. */
public interface Lease extends AutoCloseable {
    /** Returns the amount that this lease holds; 0 after its end. */
    long amount();

    /** Takes more. Returns false, and takes nothing, when the pool or the owner's part of it has no room. */
    boolean grow(long more);

    /** Sets the amount to what was needed, which may turn out to be more than there was. */
    void settle(long needed);

    /** Returns another lease of the same amount, to be closed separately: it is given back with the last of them. */
    Lease share();

    /** Returns a lease of as much again for the same owner. Empty when that would take more than half of what is free. */
    Optional<Lease> copy();

    @Override
    void close();
}
