package io.verstak.server.sync;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Lets a bounded number of pulls that wait read at once: a vault with thousands of waiting devices must not push everybody
 * else's pulls out of the readers' queue. No more wait here than do in {@link HeadWatch}. Safe for any thread.
 */
final class ReadTurns {
    private static final int AT_ONCE = 256;

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int reading;

    /** Runs the turn now, or on another's thread when that one leaves; it has to leave as well. */
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
