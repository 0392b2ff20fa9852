package io.verstak.server.account;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SyncState;
import io.vertx.core.Future;
import java.net.InetAddress;
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
     * @param sync whether it has what the other devices have pushed
     */
    record VaultDeviceView(
            String id,
            String name,
            String clientVersion,
            String vaultId,
            SyncState sync,
            @Nullable Long lastSeen,
            @Nullable Long revokedAt,
            long createdAt) {}

    /**
     * What was done on a day.
     *
     * @param startsAt its beginning
     */
    record Day(long startsAt, long operations) {}

    /**
     * All that the user's page shows.
     *
     * @param devices those that work first; of very many only the first
     * @param usedBytes what the blobs of all vaults take
     * @param quotaBytes what they may take
     * @param days operations on each of the last 30 days in UTC, today last
     */
    record Overview(
            List<VaultView> vaults, List<VaultDeviceView> devices, long usedBytes, long quotaBytes, List<Day> days) {}

    /** The id of the vault of desktops that name none. */
    static String defaultVault(String userId) {
        return Scope.defaultVault(userId);
    }

    /** The vault last written to first. */
    Future<List<VaultView>> vaults(SessionIdentity session);

    Future<Overview> overview(SessionIdentity session);

    /** Where a vault's operations and blobs are, for its export, which is noted. Refuses with {@code NOT_FOUND}. */
    Future<Scope> export(SessionIdentity session, String vaultId, InetAddress address);
}
