package io.verstak.server.domain;

import org.jspecify.annotations.Nullable;

/** A device as its owner sees it. Times are milliseconds since the epoch. */
public record Device(
        String id,
        String userId,
        String username,
        String name,
        String clientVersion,
        @Nullable Long lastSeen,
        @Nullable Long revokedAt,
        long createdAt) {}
