package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * A vault in a list: figures only, none of its content.
 *
 * @param name given by its owner; empty: none
 * @param username empty when the user was deleted and the vault not yet
 * @param deleteAfter when it is removed for good, since it was deleted; null: it is in use
 * @param deletedBy the administrator who has deleted it; empty: its owner
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
        int devices,
        @Nullable Long deleteAfter,
        String deletedBy) {

    /** Returns what people know it by: its name, or else its id. */
    public String label() {
        return name.isEmpty() ? vaultId : name;
    }
}
