package io.verstak.server.sync;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The queue of the log's writer. Work collects here while a group is being committed. The next group takes one task of each
 * scope in turn, so that a busy vault delays a quiet one by one round at most.
 *
 * <p>Bounded in entries and bytes in total, and in entries per scope. Safe for any thread; only the writer calls {@link #take}.
 */
final class CommitQueue {
    /** Limits of one group: a larger one saves no more time, and its pushes wait longer. */
    private static final int GROUP_ENTRIES = 1024;

    private static final int GROUP_OPS = 4096;
    private static final long GROUP_BYTES = 8L << 20;

    private static final int MAX_ENTRIES = 16_384;
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_ENTRIES_OF_SCOPE = 1024;

    private final Map<Long, Line> lines = new HashMap<>();
    private final Deque<Line> turns = new ArrayDeque<>();
    private int entries;
    private long bytes;
    private boolean closed;

    /** The tasks waiting for one scope. */
    private record Line(long scopeId, Deque<LogWork> works) {}

    /** @throws ServerException {@code UNAVAILABLE} when the queue is full, or the server is stopping */
    synchronized void offer(LogWork work) {
        Line line = lines.get(work.scopeId());
        boolean full = entries > 0 && (entries >= MAX_ENTRIES || bytes + work.bytes() > MAX_BYTES);
        boolean scopeFull = line != null && line.works().size() >= MAX_ENTRIES_OF_SCOPE;
        if (closed || full || scopeFull) {
            throw new ServerException(ErrorCode.UNAVAILABLE);
        }
        if (line == null) {
            line = new Line(work.scopeId(), new ArrayDeque<>());
            lines.put(work.scopeId(), line);
            turns.addLast(line);
        }
        line.works().addLast(work);
        entries++;
        bytes += work.bytes();
        notifyAll();
    }

    /** Waits for work and takes the next group. An empty group means that the queue is closed and drained. */
    synchronized List<LogWork> take() throws InterruptedException {
        while (entries == 0 && !closed) {
            wait();
        }
        List<LogWork> group = new ArrayList<>();
        int ops = 0;
        long size = 0;
        while (entries > 0 && group.size() < GROUP_ENTRIES) {
            LogWork next = turns.getFirst().works().getFirst();
            boolean fits = ops + next.ops() <= GROUP_OPS && size + next.bytes() <= GROUP_BYTES;
            if (!fits && !group.isEmpty()) {
                break;
            }
            group.add(pollNext());
            ops += next.ops();
            size += next.bytes();
        }
        return group;
    }

    /** Returns whether nothing waits and the queue is open: there is time for something else. */
    synchronized boolean isIdle() {
        return entries == 0 && !closed;
    }

    /** Returns the number of waiting tasks. */
    synchronized int entries() {
        return entries;
    }

    /** Returns the memory of the waiting tasks, in bytes. */
    synchronized long bytes() {
        return bytes;
    }

    private LogWork pollNext() {
        Line line = turns.removeFirst();
        LogWork work = line.works().removeFirst();
        if (line.works().isEmpty()) {
            lines.remove(line.scopeId());
        } else {
            turns.addLast(line);
        }
        entries--;
        bytes -= work.bytes();
        return work;
    }

    /** Refuses new work; waiting work is still handed out. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
