package io.verstak.server.history;

import io.verstak.server.history.PushRules.Tries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The log's order is that of time: what was acknowledged before another op was first sent stands before it; a call sees
 * all that was known before it began, and nothing that was sent only after it ended.
 */
final class TimeRules {
    private final ScopeLog log;
    private final PushRules pushes;
    private final Consumer<String> violation;

    /** At a moment some client knew that the log reaches at least that far. */
    private record Known(long at, long sequence) {}

    TimeRules(ScopeLog log, PushRules pushes, Consumer<String> violation) {
        this.log = log;
        this.pushes = pushes;
        this.violation = violation;
    }

    void check(List<Call> calls) {
        acknowledgedBeforeInvoked();
        nothingFromTheFuture(calls);
        headsNeverFallBack(calls);
    }

    private void acknowledgedBeforeInvoked() {
        long earliest = Long.MAX_VALUE;
        for (int i = log.ops().size() - 1; i >= 0; i--) {
            LogOp op = log.ops().get(i);
            Tries tries = pushes.tries(op.opId());
            if (tries == null) {
                continue;
            }
            if (earliest < tries.firstInvoked()) {
                violation.accept("sent after an op above it was acknowledged: " + op.opId() + " at " + op.sequence());
            }
            earliest = Math.min(earliest, tries.firstAcknowledged());
        }
    }

    private void nothingFromTheFuture(List<Call> calls) {
        long[] sentBy = new long[log.ops().size() + 1];
        for (int i = 0; i < log.ops().size(); i++) {
            Tries tries = pushes.tries(log.ops().get(i).opId());
            sentBy[i + 1] = Math.max(sentBy[i], tries == null ? 0 : tries.firstInvoked());
        }
        for (Call call : calls) {
            long head = head(call);
            if (head > log.ops().size()) {
                violation.accept("a head of " + head + " was told, and the log ends at "
                        + log.ops().size());
            } else if (head > 0 && sentBy[(int) head] > call.endedAt()) {
                violation.accept("a head of " + head + " was told before that op was sent");
            }
        }
    }

    private void headsNeverFallBack(List<Call> calls) {
        List<Known> known = new ArrayList<>();
        List<Call> reads = new ArrayList<>();
        for (Call call : calls) {
            if (head(call) >= 0) {
                known.add(new Known(call.endedAt(), head(call)));
                reads.add(call);
            }
        }
        known.sort(Comparator.comparingLong(Known::at));
        reads.sort(Comparator.comparingLong(Call::invokedAt));
        long reached = 0;
        int next = 0;
        for (Call read : reads) {
            while (next < known.size() && known.get(next).at() < read.invokedAt()) {
                reached = Math.max(reached, known.get(next).sequence());
                next++;
            }
            if (head(read) < reached) {
                violation.accept("a head of " + head(read) + " was told after one of " + reached + " was known");
            }
        }
    }

    /** The head that a call was told, which is at least as high as what it acknowledged; -1: none. */
    private static long head(Call call) {
        if (call.outcome() != Outcome.OK) {
            return -1;
        }
        if (call instanceof Call.Push push) {
            return push.head();
        }
        return call instanceof Call.Pull pull ? pull.head() : -1;
    }
}
