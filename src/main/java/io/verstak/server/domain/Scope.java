package io.verstak.server.domain;

/**
 * What a device token reads and writes: one vault of one user. All its operations form one log.
 *
 * @param id the row's number, under which everything of the scope is stored; never leaves the server
 * @param userId 24 hexadecimal digits
 * @param vaultId chosen by the desktop, at most 256 bytes
 */
public record Scope(long id, String userId, String vaultId) {
    private static final String DEFAULT_VAULT_PREFIX = "legacy:";

    /** The vault of devices that name none: those of the first generation. */
    public static String defaultVault(String userId) {
        return DEFAULT_VAULT_PREFIX + userId;
    }

    /** Whether the name is kept for somebody's default vault. */
    public static boolean isDefaultVault(String vaultId) {
        return vaultId.startsWith(DEFAULT_VAULT_PREFIX);
    }
}
