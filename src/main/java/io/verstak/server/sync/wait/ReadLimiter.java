package io.verstak.server.sync.wait;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Limits how many waiting pulls read at once: a vault with thousands of waiting devices must not crowd other pulls out of the
 * readers' queue. {@link HeadNotifier} bounds how many queue here. Safe for any thread.
 */
final class ReadLimiter {
    private static final int AT_ONCE = 256;

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int reading;

    /** Runs the read now, or later on the thread of a read that leaves. Each read must call {@link #leave}. */
    void enter(Runnable turn) {
        synchronized (this) {
            if (reading == AT_ONCE) {
                waiting.add(turn);
                return;
            }
            reading++;
        }
        turn.run();
    }

    void leave() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                reading--;
                return;
            }
        }
        next.run();
    }
}
