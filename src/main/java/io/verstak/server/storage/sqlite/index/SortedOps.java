package io.verstak.server.storage.sqlite.index;

import com.carrotsearch.hppc.sorting.IndirectSort;
import io.verstak.server.storage.log.RecentOps;

/** The ops of a list in the order of their op keys, or of their entities. */
final class SortedOps implements RunEntries {
    private final RecentOps ops;
    private final int kind;
    private final int[] order;
    private int at = -1;

    SortedOps(RecentOps ops, int kind) {
        this.ops = ops;
        this.kind = kind;
        // A stable sort: the list is in the order of sequences.
        this.order = IndirectSort.mergesort(0, ops.size(), (one, other) -> Long.compare(keyOf(one), keyOf(other)));
    }

    private long keyOf(int index) {
        return kind == RunParts.OPS ? ops.opKey(index) : ops.entityKey(index);
    }

    @Override
    public boolean next() {
        return ++at < order.length;
    }

    @Override
    public long key() {
        return keyOf(order[at]);
    }

    @Override
    public long sequence() {
        return ops.sequence(order[at]);
    }

    @Override
    public long device() {
        return ops.deviceKey(order[at]);
    }
}
