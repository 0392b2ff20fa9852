package io.verstak.server.account;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a signed-in user sees of the own vaults. May be called on any context; the futures complete there. Times are
 * milliseconds since the epoch.
 */
public interface OwnVaults {

    /**
     * A vault.
     *
     * @param head its last operation's sequence
     * @param devices those that are not revoked
     * @param lastPush null: nothing was ever pushed
     */
    record VaultView(
            String vaultId,
            long head,
            long operations,
            long devices,
            long blobBytes,
            @Nullable Long lastPush,
            long createdAt) {}

    /**
     * A device with its vault.
     *
     * @param behind operations in the vault that the device has not said to have applied
     */
    record VaultDeviceView(
            String id,
            String name,
            String clientVersion,
            String vaultId,
            long behind,
            @Nullable Long lastSeen,
            @Nullable Long revokedAt,
            long createdAt) {}

    /**
     * All that the user's page shows.
     *
     * @param devices those that work first; of very many only the first
     * @param usedBytes what the blobs of all vaults take
     * @param quotaBytes what they may take
     */
    record Overview(List<VaultView> vaults, List<VaultDeviceView> devices, long usedBytes, long quotaBytes) {}

    /** The vault last written to first. */
    Future<List<VaultView>> vaults(SessionIdentity session);

    Future<Overview> overview(SessionIdentity session);
}
