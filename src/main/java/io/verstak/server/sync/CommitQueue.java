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
 * What waits for the log's writer. While one group is being committed, work gathers here; the next group takes what
 * waits, scope by scope in turn, so that a busy vault never makes a quiet one wait for more than one round.
 *
 * <p>Bounded in entries and bytes, as a whole and per scope. Safe for any thread; {@link #take} is for the writer alone.
 */
final class CommitQueue {
    /** Bounds of one group: beyond them a larger group no longer saves time, and those in it wait longer. */
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

    /** What waits for one scope. */
    private record Line(long scopeId, Deque<LogWork> works) {}

    /** @throws ServerException {@code UNAVAILABLE} when too much waits already, or the server is stopping */
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

    /** Waits for work and takes the next group; an empty one means that the queue was closed and is drained. */
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

    /** How many works wait. */
    synchronized int entries() {
        return entries;
    }

    /** What they hold. */
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

    /** Refuses what comes from now on; what waits is still handed out. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
