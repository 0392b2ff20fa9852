package io.verstak.server.domain.sharing;

/**
 * An invitation to a vault. Times are milliseconds since the epoch.
 *
 * @param id 24 hexadecimal digits
 * @param name whom it invites, as its owner has typed it
 * @param role {@link Role#OWNER}: the vault is handed over
 * @param vaultId chosen by the desktop
 * @param label what people know the vault by
 * @param owner the name of the vault's owner
 * @param taken whether the one who is invited has an own vault with this id
 */
public record Invitation(
        String id,
        String name,
        Role role,
        String vaultId,
        String label,
        String owner,
        boolean taken,
        long createdAt,
        long expiresAt) {}
