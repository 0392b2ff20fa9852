package io.verstak.server.blob;

import java.util.concurrent.TimeUnit;

/** A connection that sends to an upload, as others who want the upload see it. Safe for any thread. */
final class PartHandle {
    /** Who has been silent that long may be gone without a word: a client that comes back takes over. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Runnable interrupt;
    private volatile long heardAt = System.nanoTime();
    private volatile boolean ending;
    private volatile boolean abandoned;

    PartHandle(Runnable interrupt) {
        this.interrupt = interrupt;
    }

    /** Work of the server's own, which ends by itself. */
    static PartHandle ofServer() {
        PartHandle handle = new PartHandle(() -> {});
        handle.ending();
        return handle;
    }

    /** Bytes have come. */
    void heard() {
        heardAt = System.nanoTime();
    }

    /** Nothing more is awaited from the connection. */
    void ending() {
        ending = true;
    }

    /** Nobody listens to what becomes of it. */
    void abandon() {
        ending = true;
        abandoned = true;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    boolean isSending() {
        return !ending && System.nanoTime() - heardAt < SILENT_NANOS;
    }

    /** Breaks off what still sends; what is ending ends. */
    void interrupt() {
        if (!ending) {
            interrupt.run();
        }
    }
}
