package io.verstak.server.history;

import java.util.List;
import java.util.function.Consumer;

/** Every page is a slice of the final log, right above its cursor, and fits the head that it names. */
final class PullRules {
    private final ScopeLog log;
    private final Consumer<String> violation;

    PullRules(ScopeLog log, Consumer<String> violation) {
        this.log = log;
        this.violation = violation;
    }

    void check(Call.Pull pull) {
        long expected = pull.cursor();
        for (LogOp op : pull.ops()) {
            expected++;
            if (!op.equals(log.at(op.sequence()))) {
                violation.accept("shown at " + op.sequence() + " and not there in the end: " + op.opId());
            }
            if (op.sequence() != expected) {
                violation.accept(
                        "a page from " + pull.cursor() + " shows " + op.sequence() + " where " + expected + " belongs");
            }
            expected = op.sequence();
        }
        checkEnd(pull, pull.ops());
    }

    private void checkEnd(Call.Pull pull, List<LogOp> ops) {
        long last = ops.isEmpty() ? pull.cursor() : ops.get(ops.size() - 1).sequence();
        if (pull.pageLast() != last) {
            violation.accept("a page that ends at " + last + " says " + pull.pageLast());
        }
        if (pull.hasMore() != (last < pull.head())) {
            violation.accept("a page that ends at " + last + " below the head " + pull.head() + " says has_more "
                    + pull.hasMore());
        }
    }
}
