package io.verstak.server.storage.log;

import static java.util.Objects.requireNonNull;

import com.carrotsearch.hppc.LongArrayList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the ops of other devices on an op's entity that the op's device had not seen: what came before the op in the log and after
 * what its device had applied.
 */
final class ConflictWalk {
    /** An answer has room for as many conflicts. */
    private static final int MOST_READ = 16_384;

    private final LogTransaction group;
    private final ScopeTail scope;
    private final IdentityHashMap<EncodedOp, EntityWalk> walks = new IdentityHashMap<>();
    private final Map<EntityWalk, long[]> found;

    /** An op that the pushing device had not seen. */
    record Conflict(long sequence, OpHeader op) {}

    /** An op of a push with its sequence in the log and the device that pushed it first. */
    record Placed(EncodedOp op, long sequence, long deviceKey) {}

    /** Asks once for the conflicts of a push. */
    ConflictWalk(LogTransaction group, ScopeTail scope, Collection<Placed> ops) {
        this.group = group;
        this.scope = scope;
        for (Placed placed : ops) {
            EncodedOp op = placed.op();
            if (op.lastSeen() > 0 && scope.mayConflict(placed.sequence(), op.lastSeen())) {
                walks.put(
                        op,
                        new EntityWalk(
                                scope.scopeId(), op.entityKey(), placed.deviceKey(), op.lastSeen(), placed.sequence()));
            }
        }
        this.found = walks.isEmpty() ? Map.of() : group.findOthers(scope, walks.values());
        // At once: the ops of one page of the log are in one chunk, which would be read for each op of the push.
        LongArrayList sequences = new LongArrayList(0);
        for (EntityWalk walk : walks.values()) {
            long[] ofOp = requireNonNull(found.get(walk));
            sequences.add(ofOp, 0, Math.min(ofOp.length, MOST_READ - sequences.size()));
        }
        group.headers(scope, sequences.toArray());
    }

    /** Returns the latest conflicts of an op, ascending. */
    List<Conflict> conflicts(EncodedOp op) {
        EntityWalk walk = walks.get(op);
        long[] sequences = walk == null ? new long[0] : requireNonNull(found.get(walk));
        if (sequences.length == 0) {
            return List.of();
        }
        OpHeader own = OpHeader.parse(op.json());
        Map<Long, OpHeader> headers = group.headers(scope, sequences);
        List<Conflict> conflicts = new ArrayList<>(sequences.length);
        for (int i = sequences.length - 1; i >= 0; i--) {
            OpHeader other = requireNonNull(headers.get(sequences[i]));
            // Two entities share a key with a probability of 2^-64.
            if (other.sameEntity(own)) {
                conflicts.add(new Conflict(sequences[i], other));
            }
        }
        return conflicts;
    }
}
