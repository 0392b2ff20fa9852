package io.verstak.server.history;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What all clients of a run saw. May be written by many threads. */
public final class History {
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Dark> darkness = new ConcurrentLinkedQueue<>();

    /** A time in which nobody can have got an answer. */
    private record Dark(long from, long until) {
        boolean hides(Call call) {
            return call.endedAt() >= from && call.endedAt() <= until;
        }
    }

    /**
     * What the server holds when everything is over and nothing is under way.
     *
     * @param logs each scope's log, read once from its beginning
     * @param blobs per scope the hashes whose bytes were downloaded and had that hash
     */
    public record Final(Map<String, List<LogOp>> logs, Map<String, Set<String>> blobs) {}

    public void add(Call call) {
        calls.add(call);
    }

    /**
     * Between these times the power was off: what a simulated cut has let through all the same was never answered.
     * {@code fsync} of ext4 may succeed once its journal was shut down under it; with real power there is nobody left to tell.
     */
    public void dark(long from, long until) {
        darkness.add(new Dark(from, until));
    }

    public List<Call> calls() {
        return calls.stream()
                .map(call -> darkness.stream().anyMatch(dark -> dark.hides(call)) ? call.unanswered() : call)
                .toList();
    }
}
