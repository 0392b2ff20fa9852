package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * A vault in a list: numbers about it, and nothing of what it holds.
 *
 * @param username empty when the user was deleted and the clean-up has yet to come
 * @param lastPush null when nothing was ever pushed
 * @param devices those that are not revoked
 */
public record ListedVault(
        long id,
        String vaultId,
        String userId,
        String username,
        String logId,
        long head,
        long operations,
        @Nullable Long lastPush,
        long createdAt,
        long blobBytes,
        int devices) {}
