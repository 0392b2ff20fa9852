package io.verstak.server.sync;

import static java.util.Objects.requireNonNull;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The queue of the log's writers. Work collects here while groups are being committed. The next group of a lane takes one task of each
 * scope in turn, so that a busy vault delays a quiet one by one round at most.
 *
 * <p>A scope stays in one lane while work of it waits or is being committed, so that its work keeps its order. Otherwise it goes to the first
 * lane with room: few large groups cost the database much less than many small ones. If there are several lanes, the last one is for
 * scopes whose work was put back, until nothing of them waits any more.
 *
 * <p>Bounded in entries and bytes in total, and in entries per scope. Safe for any thread; only the writer of a lane calls {@link #take}
 * for it.
 */
final class CommitQueue {
    /** Limits of one group: a larger one saves no more time, and its pushes wait longer. The benchmark measures what groups save. */
    private static final int GROUP_ENTRIES = Integer.getInteger("verstak.commit.groupEntries", 1024);

    private static final int GROUP_OPS = 4096;
    private static final long GROUP_BYTES = 8L << 20;

    /** What waits in a lane before a second one is worth its transactions: an op of a larger group costs the database little less. */
    private static final int ENOUGH_OPS = 256;

    private static final long ENOUGH_BYTES = 1L << 20;

    private static final int MAX_ENTRIES = 16_384;
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_ENTRIES_OF_SCOPE = 1024;

    private final Map<Long, Line> lines = new HashMap<>();
    private final List<Lane> lanes;
    private final ReentrantLock lock = new ReentrantLock();
    private int entries;
    private long bytes;
    private boolean closed;

    /** The tasks waiting for one scope; or none while some are being committed. */
    private static final class Line {
        private final long scopeId;
        private final Deque<LogWork> works = new ArrayDeque<>();
        private Lane lane;

        Line(long scopeId, Lane lane) {
            this.scopeId = scopeId;
            this.lane = lane;
        }
    }

    /** What one writer commits. */
    private final class Lane {
        /** Lines with work, in the order in which they are taken from. */
        private final Deque<Line> turns = new ArrayDeque<>();

        /** Lines that the last group has work of: no other lane may have them until it is committed. */
        private final Set<Line> taken = new LinkedHashSet<>();

        /** There is work, or nothing more to wait for. */
        private final Condition changed = lock.newCondition();

        private int waitingEntries;
        private int waitingOps;
        private long waitingBytes;

        boolean hasRoom() {
            return waitingEntries < GROUP_ENTRIES && waitingOps < ENOUGH_OPS && waitingBytes < ENOUGH_BYTES;
        }

        void count(LogWork work, int sign) {
            waitingEntries += sign;
            waitingOps += sign * work.ops();
            waitingBytes += sign * work.bytes();
        }
    }

    /** @param lanes the number of writers */
    CommitQueue(int lanes) {
        this.lanes = Stream.generate(Lane::new).limit(lanes).toList();
    }

    /** Returns the number of lanes. */
    int lanes() {
        return lanes.size();
    }

    /** Returns whether a lane is the one for work that was put back. */
    boolean isForPutBack(int lane) {
        return lane > 0 && lane == lanes.size() - 1;
    }

    /** @throws ServerException {@code UNAVAILABLE} when the queue is full, or the server is stopping */
    void offer(LogWork work) {
        lock.lock();
        try {
            add(work);
        } finally {
            lock.unlock();
        }
    }

    private void add(LogWork work) {
        Line line = lines.get(work.scopeId());
        boolean full = entries > 0 && (entries >= MAX_ENTRIES || bytes + work.bytes() > MAX_BYTES);
        boolean scopeFull = line != null && line.works.size() >= MAX_ENTRIES_OF_SCOPE;
        if (closed || full || scopeFull) {
            throw new ServerException(ErrorCode.UNAVAILABLE);
        }
        if (line == null) {
            line = new Line(work.scopeId(), laneWithRoom());
            lines.put(line.scopeId, line);
        }
        if (line.works.isEmpty() && !line.lane.taken.contains(line)) {
            line.lane.turns.addLast(line);
            line.lane.changed.signal();
        }
        line.works.addLast(work);
        count(line, work, 1);
    }

    private Lane laneWithRoom() {
        List<Lane> choice = lanes.subList(0, Math.max(1, lanes.size() - 1));
        return choice.stream()
                .filter(Lane::hasRoom)
                .findFirst()
                .orElseGet(() -> Collections.min(choice, Comparator.comparingLong(lane -> lane.waitingBytes)));
    }

    private void count(Line line, LogWork work, int sign) {
        entries += sign;
        bytes += sign * work.bytes();
        line.lane.count(work, sign);
    }

    /**
     * Waits for work of a lane and takes its next group; all work of the last one is done or put back. An empty group means that the
     * queue is closed and drained.
     */
    List<LogWork> take(int number) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Lane lane = lanes.get(number);
            release(lane);
            while (lane.turns.isEmpty() && !isDrained(number)) {
                lane.changed.await();
            }
            return group(lane);
        } finally {
            lock.unlock();
        }
    }

    private List<LogWork> group(Lane lane) {
        List<LogWork> group = new ArrayList<>();
        int ops = 0;
        long size = 0;
        Deque<Line> round = lane.turns;
        Deque<Line> nextRound = new ArrayDeque<>();
        while (!round.isEmpty() && group.size() < GROUP_ENTRIES) {
            Line line = round.getFirst();
            LogWork work = line.works.getFirst();
            boolean fits = ops + work.ops() <= GROUP_OPS && size + work.bytes() <= GROUP_BYTES;
            if (!fits && !group.isEmpty()) {
                break;
            }
            round.removeFirst();
            line.works.removeFirst();
            lane.taken.add(line);
            group.add(work);
            count(line, work, -1);
            ops += work.ops();
            size += work.bytes();
            if (!line.works.isEmpty()) {
                nextRound.addLast(line);
            }
            if (round.isEmpty()) {
                round = nextRound;
                nextRound = new ArrayDeque<>();
            }
        }
        return group;
    }

    /** Lets the lines of the last group wait again, at the end. */
    private void release(Lane lane) {
        for (Line line : lane.taken) {
            if (line.works.isEmpty()) {
                lines.remove(line.scopeId);
            } else {
                lane.turns.addLast(line);
            }
        }
        lane.taken.clear();
        if (closed) {
            lanes.forEach(other -> other.changed.signal());
        }
    }

    /** The last lane may get what another one puts back. */
    private boolean isDrained(int lane) {
        return closed
                && (lane < lanes.size() - 1
                        || lanes.stream().allMatch(other -> other.turns.isEmpty() && other.taken.isEmpty()));
    }

    /**
     * Puts back work of the last group that was taken, in its order: it comes first again in its scope, in the last lane. What follows it in
     * its scope must not be done.
     */
    void putBack(List<LogWork> works) {
        lock.lock();
        try {
            Lane last = lanes.get(lanes.size() - 1);
            Set<Line> moved = new LinkedHashSet<>();
            works.forEach(work -> moved.add(requireNonNull(lines.get(work.scopeId()), "not taken")));
            for (Line line : moved) {
                line.lane.taken.remove(line);
                for (LogWork waiting : line.works) {
                    line.lane.count(waiting, -1);
                    last.count(waiting, 1);
                }
                line.lane = last;
                last.turns.addLast(line);
            }
            for (int i = works.size() - 1; i >= 0; i--) {
                LogWork work = works.get(i);
                Line line = requireNonNull(lines.get(work.scopeId()));
                line.works.addFirst(work);
                count(line, work, 1);
            }
            last.changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether nothing waits and the queue is open: there is time for something else. */
    boolean isIdle() {
        lock.lock();
        try {
            return entries == 0 && !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of waiting tasks. */
    int entries() {
        lock.lock();
        try {
            return entries;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the memory of the waiting tasks, in bytes. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new work; waiting work is still handed out. */
    void close() {
        lock.lock();
        try {
            closed = true;
            lanes.forEach(lane -> lane.changed.signal());
        } finally {
            lock.unlock();
        }
    }
}
