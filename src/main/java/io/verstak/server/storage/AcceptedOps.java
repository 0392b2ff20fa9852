package io.verstak.server.storage;

import java.util.concurrent.atomic.LongAdder;

/** Counts the operations accepted by this process. Costs a push one addition in memory. Safe for any thread. */
public final class AcceptedOps {
    private final LongAdder count = new LongAdder();

    void add(long operations) {
        count.add(operations);
    }

    /** Returns the count since the start. */
    public long total() {
        return count.sum();
    }
}
