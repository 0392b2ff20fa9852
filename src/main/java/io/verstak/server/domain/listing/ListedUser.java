package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * A user in a list.
 *
 * @param devices those that are not revoked
 * @param quotaBytes null: the server's
 * @param deleteAfter when the grace period of a deletion ends; null: nobody has asked for one
 */
public record ListedUser(
        String id,
        String username,
        String email,
        boolean confirmed,
        boolean blocked,
        @Nullable Long lastSeen,
        long createdAt,
        int devices,
        @Nullable Long quotaBytes,
        @Nullable Long deleteAfter) {}
