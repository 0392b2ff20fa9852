package io.verstak.server.vault;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Vault;
import io.verstak.server.domain.VaultDevice;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/**
 * The vaults of a signed-in user. May be called on any context; futures complete there. Times are milliseconds since
 * the epoch.
 */
public interface OwnVaults {

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
    record Overview(List<Vault> vaults, List<VaultDevice> devices, long usedBytes, long quotaBytes, List<Day> days) {}

    /** Returns the vaults, the last one written to first; those that were deleted, too. */
    Future<List<Vault>> vaults(SessionIdentity session);

    Future<Overview> overview(SessionIdentity session);

    /**
     * Gives a vault a name, which need not be unique. Refuses with {@code INVALID_REQUEST} unless it has 1 to 100 characters on one line,
     * and with {@code NOT_FOUND}.
     */
    Future<Void> rename(SessionIdentity session, String vaultId, String name, InetAddress address);

    /** Returns the scope of a vault for its export, which is audited. Refuses with {@code NOT_FOUND}. */
    Future<Scope> export(SessionIdentity session, String vaultId, InetAddress address);
}
