package io.verstak.server.domain;

import org.jspecify.annotations.Nullable;

/**
 * A device with its vault. Times are milliseconds since the epoch.
 *
 * @param vaultName empty: its owner has given it none
 * @param sync whether it has what the other devices have pushed
 */
public record VaultDevice(
        String id,
        String name,
        String clientVersion,
        String vaultId,
        String vaultName,
        SyncState sync,
        @Nullable Long lastSeen,
        @Nullable Long revokedAt,
        long createdAt) {}
