package io.verstak.server.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tells whether one append-only log per scope, with every call taking effect once between its beginning and its end,
 * explains what clients saw. The server's own numbers give the order, so the check needs no search (compare Wing and
 * Gong, "Testing and verifying concurrent objects", 1993, where there is none): it sorts calls by time and is linear
 * otherwise.
 */
public final class HistoryChecker {
    private final List<String> violations = new ArrayList<>();
    private final History.Final end;

    private HistoryChecker(History.Final end) {
        this.end = end;
    }

    /** What contradicts the promise, in words; nothing when all is well. */
    public static List<String> check(History history, History.Final end) {
        HistoryChecker checker = new HistoryChecker(end);
        Map<String, List<Call>> byScope = new HashMap<>();
        history.calls()
                .forEach(call -> byScope.computeIfAbsent(call.scope(), scope -> new ArrayList<>())
                        .add(call));
        Set<String> scopes = new TreeSet<>(byScope.keySet());
        scopes.addAll(end.logs().keySet());
        scopes.forEach(scope -> checker.scope(scope, byScope.getOrDefault(scope, List.of())));
        return checker.violations;
    }

    private void scope(String scope, List<Call> calls) {
        ScopeLog log = new ScopeLog(end.logs().getOrDefault(scope, List.of()), said -> violation(scope, said));
        PushRules pushes = new PushRules(log, said -> violation(scope, said));
        PullRules pulls = new PullRules(log, said -> violation(scope, said));
        BlobRules blobs = new BlobRules(log, end.blobs().getOrDefault(scope, Set.of()), said -> violation(scope, said));
        for (Call call : calls) {
            if (call instanceof Call.Push push) {
                pushes.note(push);
            }
        }
        for (Call call : calls) {
            if (call instanceof Call.Push push && push.outcome() == Outcome.OK) {
                pushes.check(push);
            } else if (call instanceof Call.Pull pull && pull.outcome() == Outcome.OK) {
                pulls.check(pull);
            }
        }
        pushes.checkLog();
        new TimeRules(log, pushes, said -> violation(scope, said)).check(calls);
        blobs.check(calls);
    }

    private void violation(String scope, String said) {
        violations.add(scope + ": " + said);
    }
}
