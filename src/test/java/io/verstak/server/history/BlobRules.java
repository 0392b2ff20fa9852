package io.verstak.server.history;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Every blob that was acknowledged, or that the log refers to, can be downloaded whole. */
final class BlobRules {
    private final ScopeLog log;
    private final Set<String> whole;
    private final Consumer<String> violation;

    /** @param whole what could be downloaded in the end, and had its hash */
    BlobRules(ScopeLog log, Set<String> whole, Consumer<String> violation) {
        this.log = log;
        this.whole = whole;
        this.violation = violation;
    }

    void check(List<Call> calls) {
        Map<String, Long> acknowledged = new HashMap<>();
        for (Call call : calls) {
            if (call instanceof Call.Upload upload && upload.outcome() == Outcome.OK) {
                acknowledged.merge(upload.sha256(), upload.endedAt(), Math::min);
            }
        }
        for (String sha256 : acknowledged.keySet()) {
            if (!whole.contains(sha256)) {
                violation.accept("acknowledged and not there: blob " + sha256);
            }
        }
        for (LogOp op : log.ops()) {
            if (op.blob() != null && !whole.contains(op.blob())) {
                violation.accept("referred to at " + op.sequence() + " and not there: blob " + op.blob());
            }
        }
        for (Call call : calls) {
            if (call instanceof Call.Download download
                    && download.outcome() == Outcome.FAIL
                    && acknowledged.getOrDefault(download.sha256(), Long.MAX_VALUE) < download.invokedAt()) {
                violation.accept("acknowledged and not served: blob " + download.sha256());
            }
        }
    }
}
