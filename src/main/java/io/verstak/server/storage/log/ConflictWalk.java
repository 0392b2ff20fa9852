package io.verstak.server.storage.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Finds the ops of other devices on an op's entity that the op's device had not seen. Each op refers to the previous op on its
 * entity and to the latest one by another device, so that the walk takes at most two steps per conflict, however long the
 * history is.
 */
final class ConflictWalk {
    private static final int MAX_CONFLICTS = 100;

    private final LogTransaction group;
    private final long scopeId;

    /** An op that the pushing device had not seen. */
    record Conflict(long sequence, OpHeader op) {}

    ConflictWalk(LogTransaction group, long scopeId) {
        this.group = group;
        this.scopeId = scopeId;
    }

    /** Asks once for the ops that the walks of a push begin with. */
    void prepare(Collection<EncodedOp> ops, Map<String, Long> sequences) {
        List<Long> own = new ArrayList<>();
        for (EncodedOp op : ops) {
            if (op.lastSeen() > 0) {
                own.add(sequences.getOrDefault(op.opId(), 0L));
            }
        }
        group.prepareWalks(scopeId, own);
        List<Long> others = new ArrayList<>();
        for (EncodedOp op : ops) {
            if (op.lastSeen() > 0) {
                long first = group.previousOther(scopeId, sequences.getOrDefault(op.opId(), 0L));
                if (first > op.lastSeen()) {
                    others.add(first);
                }
            }
        }
        group.prepareWalks(scopeId, others);
    }

    /** Returns the latest conflicts of the op at {@code sequence}, ascending. */
    List<Conflict> conflicts(long sequence, long lastSeen) {
        long next = group.previousOther(scopeId, sequence);
        if (next <= lastSeen) {
            return List.of();
        }
        ChainedOp own = group.chained(scopeId, sequence);
        Deque<Conflict> found = new ArrayDeque<>();
        while (next > lastSeen && found.size() < MAX_CONFLICTS) {
            ChainedOp other = group.chained(scopeId, next);
            // Two entities share a key with a probability of 2^-64.
            if (other.op().sameEntity(own.op())) {
                found.addFirst(new Conflict(next, other.op()));
            }
            next = beforeByAnother(other.previous(), own.deviceKey());
        }
        return List.copyOf(found);
    }

    private long beforeByAnother(long sequence, long deviceKey) {
        if (sequence == 0) {
            return 0;
        }
        ChainedOp op = group.chained(scopeId, sequence);
        return op.deviceKey() == deviceKey ? op.previousOther() : sequence;
    }
}
