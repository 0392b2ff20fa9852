package io.verstak.server.blob.resumable;

import java.util.concurrent.TimeUnit;

/** A connection that sends to an upload, as seen by others that want the upload. Safe for any thread. */
final class UploadSender {
    /** A connection that has been silent this long may be gone: a returning client takes over. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Runnable interrupt;
    private volatile long heardAt = System.nanoTime();
    private volatile boolean ending;
    private volatile boolean abandoned;

    UploadSender(Runnable interrupt) {
        this.interrupt = interrupt;
    }

    /** Work of the server itself, which ends on its own. */
    static UploadSender ofServer() {
        UploadSender handle = new UploadSender(() -> {});
        handle.ending();
        return handle;
    }

    /** Records that bytes have arrived. */
    void heard() {
        heardAt = System.nanoTime();
    }

    /** Records that nothing more is expected from the connection. */
    void ending() {
        ending = true;
    }

    /** Records that nobody waits for the result. */
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

    /** Closes the connection if it is still sending; a chunk that is ending ends. */
    void interrupt() {
        if (!ending) {
            interrupt.run();
        }
    }
}
