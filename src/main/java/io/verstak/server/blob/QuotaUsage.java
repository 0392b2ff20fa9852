package io.verstak.server.blob;

/**
 * The free quota of one scope or user while uploads are open: stored bytes and bytes in flight over all connections.
 * Safe for any thread.
 */
final class QuotaUsage {
    private final long quota;
    private long stored;
    private long inFlight;
    private long repeats;
    private int uploads;

    /** All in bytes. */
    QuotaUsage(long quota, long stored) {
        this.quota = quota;
        this.stored = stored;
    }

    /** Opens an upload; {@code repeatable} bytes above the quota may turn out to be stored already. */
    synchronized void enter(long repeatable) {
        uploads++;
        repeats = Math.max(repeats, repeatable);
    }

    /** Reserves quota for received bytes. Returns false when there is none. */
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

    /** Records that reserved bytes are stored. */
    synchronized void settle(long bytes) {
        inFlight -= bytes;
        stored += bytes;
    }

    /** Releases quota of stored bytes. */
    synchronized QuotaUsage without(long bytes) {
        stored -= bytes;
        return this;
    }

    /** Closes an upload. Returns whether it was the last open one. */
    synchronized boolean leave() {
        uploads--;
        return uploads == 0;
    }
}
