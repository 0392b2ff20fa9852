package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.log.ChainedOp;
import io.verstak.server.storage.log.OpHeader;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

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

    /** Returns the latest conflicts of the op at {@code sequence}, ascending. */
    List<Conflict> conflicts(long sequence, long lastSeen) throws SQLException {
        ChainedOp own = group.linkedOp(scopeId, sequence);
        Deque<Conflict> found = new ArrayDeque<>();
        long next = own.previousOther();
        while (next > lastSeen && found.size() < MAX_CONFLICTS) {
            ChainedOp other = group.linkedOp(scopeId, next);
            // Two entities share a key with a probability of 2^-64.
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
        ChainedOp op = group.linkedOp(scopeId, sequence);
        return op.deviceKey() == deviceKey ? op.previousOther() : sequence;
    }
}
