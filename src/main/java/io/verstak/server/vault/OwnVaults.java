package io.verstak.server.vault;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.VaultDevice;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vaults of a signed-in user. May be called on any context; futures complete there. Times are milliseconds since
 * the epoch.
 */
public interface OwnVaults {

    /**
     * A vault.
     *
     * @param head the sequence of its last operation
     * @param devices that are not revoked
     * @param lastPush null if nothing was ever pushed
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
     * The activity of a day.
     *
     * @param startsAt the beginning of the day
     */
    record Day(long startsAt, long operations) {}

    /**
     * The content of the user's page.
     *
     * @param devices active ones first, up to a limit
     * @param usedBytes the size of the blobs of all vaults
     * @param quotaBytes the quota of all vaults
     * @param days operations on each of the last 30 days in UTC, today last
     */
    record Overview(
            List<VaultView> vaults, List<VaultDevice> devices, long usedBytes, long quotaBytes, List<Day> days) {}

    /** Returns the id of the default vault. */
    static String defaultVault(String userId) {
        return Scope.defaultVault(userId);
    }

    /** Returns the vaults, the last one written to first. */
    Future<List<VaultView>> vaults(SessionIdentity session);

    Future<Overview> overview(SessionIdentity session);

    /** Returns the scope of a vault for its export, which is audited. Refuses with {@code NOT_FOUND}. */
    Future<Scope> export(SessionIdentity session, String vaultId, InetAddress address);
}
