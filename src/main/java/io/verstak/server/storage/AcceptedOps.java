package io.verstak.server.storage;

import java.util.concurrent.atomic.LongAdder;

/** Counts the operations that this process has accepted; a push pays one addition in memory. Safe for any thread. */
public final class AcceptedOps {
    private final LongAdder count = new LongAdder();

    void add(long operations) {
        count.add(operations);
    }

    /** Since the start. */
    public long total() {
        return count.sum();
    }
}
