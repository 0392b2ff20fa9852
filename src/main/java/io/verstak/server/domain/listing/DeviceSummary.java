package io.verstak.server.domain.listing;

import io.verstak.server.domain.SyncState;
import io.verstak.server.domain.TokenHint;
import org.jspecify.annotations.Nullable;

/**
 * A device in a list.
 *
 * @param token by what people tell tokens apart
 * @param oldKey the same for the key of the Go server with which the device signs in, too; null: it has none
 * @param vaultName empty: the vault has none
 * @param sync whether it has what the other devices have pushed
 */
public record DeviceSummary(
        String id,
        String name,
        String clientVersion,
        @Nullable Long lastSeen,
        @Nullable Long revokedAt,
        long createdAt,
        TokenHint token,
        @Nullable TokenHint oldKey,
        String userId,
        String username,
        long scopeId,
        String vaultId,
        String vaultName,
        SyncState sync) {}
