package io.verstak.server.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A scope's log as it stands in the end: dense, every id once. */
final class ScopeLog {
    /** At most so many conflicts are told per op. */
    private static final int CONFLICTS_TOLD = 100;

    private final List<LogOp> ops;
    private final Map<String, LogOp> byId = new HashMap<>();
    private final Map<String, List<LogOp>> byEntity = new HashMap<>();

    ScopeLog(List<LogOp> ops, Consumer<String> violation) {
        this.ops = ops;
        for (int i = 0; i < ops.size(); i++) {
            LogOp op = ops.get(i);
            if (op.sequence() != i + 1L) {
                violation.accept("the log is not dense: " + op.sequence() + " stands in place " + (i + 1));
            }
            LogOp twin = byId.put(op.opId(), op);
            if (twin != null) {
                violation.accept(
                        "an op stands twice: " + op.opId() + " at " + twin.sequence() + " and " + op.sequence());
            }
            byEntity.computeIfAbsent(op.entity(), entity -> new ArrayList<>()).add(op);
        }
    }

    List<LogOp> ops() {
        return ops;
    }

    @Nullable
    LogOp at(long sequence) {
        return sequence < 1 || sequence > ops.size() ? null : ops.get((int) sequence - 1);
    }

    @Nullable
    LogOp withId(String opId) {
        return byId.get(opId);
    }

    /** Sequences of the ops that a device did not know of, ascending, the latest hundred. */
    List<Long> conflicts(String entity, String device, long lastSeen, long below) {
        List<Long> told = new ArrayList<>();
        if (lastSeen <= 0) {
            return told;
        }
        List<LogOp> same = byEntity.getOrDefault(entity, List.of());
        for (int i = firstFrom(same, below) - 1; i >= 0 && told.size() < CONFLICTS_TOLD; i--) {
            LogOp op = same.get(i);
            if (op.sequence() <= lastSeen) {
                break;
            }
            if (!op.device().equals(device)) {
                told.add(0, op.sequence());
            }
        }
        return told;
    }

    private static int firstFrom(List<LogOp> ascending, long sequence) {
        int low = 0;
        int high = ascending.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending.get(middle).sequence() < sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
