package io.verstak.server.domain.sharing;

import org.jspecify.annotations.Nullable;

/**
 * A member of a shared vault, as its owner sees it. Times are milliseconds since the epoch.
 *
 * @param devices that are paired with the vault and not revoked
 * @param lastSeen of these devices; null: never
 */
public record Member(
        String userId,
        String username,
        Role role,
        long devices,
        @Nullable Long lastSeen,
        long joinedAt) {}
