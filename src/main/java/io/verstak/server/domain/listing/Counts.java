package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * How much there is of everything.
 *
 * @param lastCleanup when the clean-up ended last; null: never
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

    /** @param lastPush null when nothing was ever pushed */
    public record Logs(
            long vaults, long operations, @Nullable Long lastPush) {}

    /**
     * The blobs.
     *
     * @param references of vaults to them
     * @param orphans that the clean-up has found to be nobody's
     */
    public record Files(long blobs, long bytes, long references, long orphans, long damaged) {}

    /** How many rows were counted. */
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
