package io.verstak.server.vault;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Logins;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.VaultStore;
import io.verstak.server.storage.stats.VaultDayStore;
import io.verstak.server.storage.vault.VaultDeletionStore;
import io.verstak.server.storage.vault.WebDeviceStore;
import java.util.function.LongSupplier;

/** Creates and connects the objects of users' vaults. */
public record VaultModule(UserVaults vaults, VaultDays days, UserVaultDeletion deletion) {

    /** @param serverQuota the quota in bytes of users without an own one */
    public static VaultModule of(AccountContext context, Database database, LongSupplier serverQuota, Logins logins) {
        VaultDayStore days = new VaultDayStore(database);
        return new VaultModule(
                new UserVaults(
                        new VaultStore(database),
                        serverQuota,
                        days,
                        new WebDevices(new WebDeviceStore(database), context.tokens(), context.clock()),
                        context.audit(),
                        context.clock()),
                new VaultDays(days, context.clock()),
                new UserVaultDeletion(context, new VaultDeletionStore(database), logins));
    }
}
