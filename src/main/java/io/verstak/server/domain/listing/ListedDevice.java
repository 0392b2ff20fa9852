package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * A device in a list.
 *
 * @param tokenPrefix with the suffix: by what people tell tokens apart
 * @param behind how many sequences lie between what the device has applied and the head of its log
 */
public record ListedDevice(
        String id,
        String name,
        String clientVersion,
        @Nullable Long lastSeen,
        @Nullable Long revokedAt,
        long createdAt,
        String tokenPrefix,
        String tokenSuffix,
        String userId,
        String username,
        long scopeId,
        String vaultId,
        long behind) {}
