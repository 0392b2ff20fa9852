package io.verstak.server.domain;

/**
 * The vault that a device token reads and writes: one vault of one user, who may share it. All its operations form one log.
 *
 * @param id the number of its row, under which everything of the scope is stored; never leaves the server
 * @param userId of the vault's owner, who need not be the user of the device: 24 hexadecimal digits
 * @param vaultId chosen by the desktop, at most 256 bytes
 */
public record Scope(long id, String userId, String vaultId) {
    private static final String DEFAULT_VAULT_PREFIX = "legacy:";

    /** Returns the vault of devices that name none: those of the first generation. */
    public static String defaultVault(String userId) {
        return DEFAULT_VAULT_PREFIX + userId;
    }

    /** Returns whether the name is reserved for default vaults. */
    public static boolean isDefaultVault(String vaultId) {
        return vaultId.startsWith(DEFAULT_VAULT_PREFIX);
    }
}
