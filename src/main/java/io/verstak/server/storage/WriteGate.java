package io.verstak.server.storage;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * Lets one writer of the database in at a time, in the order in which they came. SQLite has one writer anyway; without
 * the gate a second connection would poll for its lock and starve behind a busy log.
 *
 * <p>Safe for any thread. A turn is given on the thread that ends the turn before it.
 */
final class WriteGate {
    private final Queue<CompletableFuture<Turn>> waiting = new ArrayDeque<>();
    private boolean taken;

    /** The right to write, until it is closed; closing it again does nothing. */
    final class Turn implements AutoCloseable {
        private boolean ended;

        @Override
        public void close() {
            synchronized (WriteGate.this) {
                if (ended) {
                    return;
                }
                ended = true;
            }
            leave();
        }
    }

    /** Completes when it is the caller's turn. */
    CompletableFuture<Turn> enter() {
        synchronized (this) {
            if (taken) {
                CompletableFuture<Turn> turn = new CompletableFuture<>();
                waiting.add(turn);
                return turn;
            }
            taken = true;
        }
        return CompletableFuture.completedFuture(new Turn());
    }

    private void leave() {
        CompletableFuture<Turn> next;
        synchronized (this) {
            next = waiting.poll();
            taken = next != null;
        }
        if (next != null) {
            next.complete(new Turn());
        }
    }
}
