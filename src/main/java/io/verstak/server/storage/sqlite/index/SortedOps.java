package io.verstak.server.storage.sqlite.index;

import com.carrotsearch.hppc.sorting.IndirectSort;
import io.verstak.server.storage.log.RecentOps;
import java.util.Arrays;

/** The ops of a list in the order of their op keys, or of their entities. */
final class SortedOps implements RunEntries {
    private final RecentOps ops;
    private final long[] keys;
    private final int[] order;
    private int at = -1;

    SortedOps(RecentOps ops, int kind) {
        this.ops = ops;
        long[] byIndex = new long[ops.size()];
        Arrays.setAll(byIndex, kind == RunParts.OPS ? ops::opKey : ops::entityKey);
        this.keys = byIndex;
        // A stable sort: the list is in the order of sequences.
        this.order =
                IndirectSort.mergesort(0, byIndex.length, (one, other) -> Long.compare(byIndex[one], byIndex[other]));
    }

    @Override
    public boolean next() {
        return ++at < order.length;
    }

    @Override
    public long key() {
        return keys[order[at]];
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
