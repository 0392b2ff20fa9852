package io.verstak.server.domain;

import org.jspecify.annotations.Nullable;

/**
 * A vault as its owner sees it. Times are milliseconds since the epoch.
 *
 * @param scopeId never leaves the server
 * @param name given by its owner; empty: none
 * @param head the sequence of its last operation
 * @param deleteAfter when it is removed for good, since it was deleted; null: it is in use
 * @param deletedBy the administrator who has deleted it; empty: its owner
 * @param devices that are not revoked, those of members too
 * @param members whom it is shared with
 * @param lastPush null if nothing was ever pushed
 */
public record Vault(
        long scopeId,
        String vaultId,
        String name,
        long head,
        long operations,
        long devices,
        long members,
        long blobBytes,
        @Nullable Long lastPush,
        long createdAt,
        @Nullable Long deleteAfter,
        String deletedBy) {

    /** Returns what people know it by: its name, or else its id. */
    public String label() {
        return name.isEmpty() ? vaultId : name;
    }
}
