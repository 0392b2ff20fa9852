package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * A user in a list.
 *
 * @param devices that are not revoked
 * @param usedBytes of the blobs of all vaults
 * @param quotaBytes null for the server's default
 * @param deleteAfter when the grace period of a deletion ends; null if none was requested
 */
public record UserSummary(
        String id,
        String username,
        String email,
        boolean confirmed,
        boolean blocked,
        @Nullable Long lastSeen,
        long createdAt,
        int devices,
        long usedBytes,
        @Nullable Long quotaBytes,
        @Nullable Long deleteAfter) {}
