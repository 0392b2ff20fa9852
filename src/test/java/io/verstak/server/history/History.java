package io.verstak.server.history;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What all clients of a run saw. May be written by many threads. */
public final class History {
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

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

    public List<Call> calls() {
        return List.copyOf(calls);
    }
}
