package io.verstak.server.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is acknowledged is in the log, once and byte for byte; what was never sent, or refused for good, is not. */
final class PushRules {
    private final ScopeLog log;
    private final Consumer<String> violation;
    private final Map<String, Tries> byId = new HashMap<>();

    /** All tries to push one op. */
    static final class Tries {
        private final Set<String> contents = new HashSet<>();
        private final Set<String> devices = new HashSet<>();
        private long firstInvoked = Long.MAX_VALUE;
        private long firstAcknowledged = Long.MAX_VALUE;

        /** When the op can have been stored at the earliest. */
        long firstInvoked() {
            return firstInvoked;
        }

        /** When its client knew that it is stored; never, when it does not know. */
        long firstAcknowledged() {
            return firstAcknowledged;
        }
    }

    PushRules(ScopeLog log, Consumer<String> violation) {
        this.log = log;
        this.violation = violation;
    }

    @Nullable
    Tries tries(String opId) {
        return byId.get(opId);
    }

    /** Takes notice of a push; all of a scope's, before the first check. */
    void note(Call.Push push) {
        if (push.outcome() == Outcome.FAIL) {
            return;
        }
        for (SentOp op : push.ops()) {
            Tries tries = byId.computeIfAbsent(op.opId(), opId -> new Tries());
            tries.contents.add(op.content());
            tries.devices.add(push.device());
            tries.firstInvoked = Math.min(tries.firstInvoked, push.invokedAt());
            if (push.outcome() == Outcome.OK) {
                tries.firstAcknowledged = Math.min(tries.firstAcknowledged, push.endedAt());
            }
        }
    }

    /** Holds an answer against the log. */
    void check(Call.Push push) {
        Map<String, SentOp> sent = new LinkedHashMap<>();
        push.ops().forEach(op -> sent.putIfAbsent(op.opId(), op));
        List<String> ids = List.copyOf(sent.keySet());
        if (!push.accepted().equals(ids) || push.sequences().size() != ids.size()) {
            violation.accept("a push of " + ids + " was answered with " + push.accepted());
            return;
        }
        List<Long> conflicts = new ArrayList<>();
        Iterator<Long> sequences = push.sequences().iterator();
        for (SentOp op : sent.values()) {
            long sequence = sequences.next();
            acknowledged(op, sequence, push.head());
            conflicts.addAll(log.conflicts(op.entity(), push.device(), op.lastSeen(), sequence));
        }
        if (!push.conflicts().equals(conflicts)) {
            violation.accept("a push of " + ids + " met " + conflicts + " and was told " + push.conflicts());
        }
    }

    private void acknowledged(SentOp op, long sequence, long head) {
        LogOp stored = log.at(sequence);
        if (stored == null || !stored.opId().equals(op.opId())) {
            violation.accept("acknowledged at " + sequence + " and not there: " + op.opId());
        } else if (!stored.content().equals(op.content())) {
            violation.accept("acknowledged and stored otherwise: " + op.opId());
        }
        if (sequence > head) {
            violation.accept("acknowledged above the head " + head + ": " + op.opId());
        }
    }

    /** Every op of the log was sent by who is named, and not refused. */
    void checkLog() {
        for (LogOp op : log.ops()) {
            Tries tries = byId.get(op.opId());
            if (tries == null) {
                violation.accept("in the log and never sent, or refused: " + op.opId());
            } else if (!tries.contents.contains(op.content())) {
                violation.accept("in the log otherwise than it was sent: " + op.opId());
            } else if (!tries.devices.contains(op.device())) {
                violation.accept("in the log under another device: " + op.opId());
            }
        }
    }
}
