package io.verstak.server.storage;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Finds what other devices did to an entity between what an op's device had seen and the op itself. Each op knows the one
 * before it on its entity and the latest one by another device, so that the walk takes at most two steps for each
 * conflict that it reports, however long the history is.
 */
final class ConflictWalk {
    private static final int MAX_CONFLICTS = 100;

    private final LogGroup group;
    private final long scopeId;

    /** An op that the pushing device had not seen. */
    record Conflict(long sequence, StoredOp op) {}

    ConflictWalk(LogGroup group, long scopeId) {
        this.group = group;
        this.scopeId = scopeId;
    }

    /** The latest conflicts of the op at {@code sequence}, ascending. */
    List<Conflict> conflicts(long sequence, long lastSeen) throws SQLException {
        LinkedOp own = group.linkedOp(scopeId, sequence);
        Deque<Conflict> found = new ArrayDeque<>();
        long next = own.previousOther();
        while (next > lastSeen && found.size() < MAX_CONFLICTS) {
            LinkedOp other = group.linkedOp(scopeId, next);
            // Two entities may share a key, once in 2^64.
            if (other.op().sameEntity(own.op())) {
                found.addFirst(new Conflict(next, other.op()));
            }
            next = beforeByAnother(other.previous(), own.deviceKey());
        }
        return List.copyOf(found);
    }

    private long beforeByAnother(long sequence, long deviceKey) throws SQLException {
        if (sequence == 0) {
            return 0;
        }
        LinkedOp op = group.linkedOp(scopeId, sequence);
        return op.deviceKey() == deviceKey ? op.previousOther() : sequence;
    }
}
