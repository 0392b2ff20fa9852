package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * Counts of all entities.
 *
 * @param lastCleanup when the last clean-up ended; null if never
 */
public record Counts(
        People people,
        Logs logs,
        Files files,
        long expiredSessions,
        long expiredEmailTokens,
        long auditEvents,
        long waitingMails,
        long failedMails,
        @Nullable Long lastCleanup) {

    /** @param active confirmed and not blocked */
    public record People(
            long users, long active, long blocked, long unconfirmed, long activeDevices, long revokedDevices) {}

    /** @param lastPush null if nothing was ever pushed */
    public record Logs(
            long vaults, long operations, @Nullable Long lastPush) {}

    /**
     * Counts of blobs.
     *
     * @param references from vaults to blobs
     * @param orphans that no vault holds, as found by the clean-up
     */
    public record Files(long blobs, long bytes, long references, long orphans, long damaged) {}

    /** Returns the number of counted rows. */
    public long rows() {
        return people.users
                + people.activeDevices
                + people.revokedDevices
                + logs.vaults
                + files.blobs
                + files.references
                + auditEvents;
    }
}
