package io.verstak.server.blob;

/**
 * The room that one scope, or one user, has left while uploads are open: what is stored and what is in flight, over all
 * connections. Safe for any thread.
 */
final class SpaceAccount {
    private final long quota;
    private long stored;
    private long inFlight;
    private long repeats;
    private int uploads;

    /** All in bytes. */
    SpaceAccount(long quota, long stored) {
        this.quota = quota;
        this.stored = stored;
    }

    /** An upload opens; {@code repeatable} bytes above the quota may turn out to be stored already. */
    synchronized void enter(long repeatable) {
        uploads++;
        repeats = Math.max(repeats, repeatable);
    }

    /** Takes room for bytes that have come; false when there is none. */
    synchronized boolean take(long bytes) {
        long room = quota - stored - inFlight;
        if (bytes > room && bytes - room > repeats) {
            return false;
        }
        inFlight += bytes;
        return true;
    }

    synchronized void giveBack(long bytes) {
        inFlight -= bytes;
    }

    /** Bytes that were in flight are stored. */
    synchronized void settle(long bytes) {
        inFlight -= bytes;
        stored += bytes;
    }

    /** Room that was taken for good is free again. */
    synchronized SpaceAccount without(long bytes) {
        stored -= bytes;
        return this;
    }

    /** An upload ends; true when it was the last one open. */
    synchronized boolean leave() {
        uploads--;
        return uploads == 0;
    }
}
