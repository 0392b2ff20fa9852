package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * A vault in a list: figures only, none of its content.
 *
 * @param name given by its owner; empty: none
 * @param username empty when the user was deleted and the vault not yet
 * @param lastPush null if nothing was ever pushed
 * @param devices that are not revoked
 */
public record VaultSummary(
        long id,
        String vaultId,
        String name,
        String userId,
        String username,
        String logId,
        long head,
        long operations,
        @Nullable Long lastPush,
        long createdAt,
        long blobBytes,
        int devices) {}
