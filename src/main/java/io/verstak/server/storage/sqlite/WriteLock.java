package io.verstak.server.storage.sqlite;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * Admits one writer of the database at a time, in the order of their requests. SQLite has one writer anyway; without
 * this lock a second connection would poll for SQLite's lock and starve behind a busy log.
 *
 * <p>Safe for any thread. A permit is granted on the thread that releases the previous one.
 */
final class WriteLock {
    private final Queue<CompletableFuture<Turn>> waiting = new ArrayDeque<>();
    private boolean taken;

    /** A permit to write, until it is closed; closing it again does nothing. */
    final class Turn implements AutoCloseable {
        private boolean ended;

        @Override
        public void close() {
            synchronized (WriteLock.this) {
                if (ended) {
                    return;
                }
                ended = true;
            }
            leave();
        }
    }

    /** Completes when the caller holds the permit. */
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
