package io.verstak.server.vault;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Logins;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.VaultStore;
import io.verstak.server.storage.mail.OutboxStore;
import io.verstak.server.storage.stats.VaultDayStore;
import io.verstak.server.storage.vault.MemberStore;
import io.verstak.server.storage.vault.VaultDeletionStore;
import io.verstak.server.storage.vault.VaultInvitationStore;
import io.verstak.server.storage.vault.WebDeviceStore;
import java.util.function.LongSupplier;

/** Creates and connects the objects of users' vaults. */
public record VaultModule(UserVaults vaults, VaultDays days, UserVaultDeletion deletion, UserSharing sharing) {

    /** @param serverQuota the quota in bytes of users without an own one */
    public static VaultModule of(
            AccountContext context,
            Database database,
            OutboxStore outbox,
            UserStore users,
            LongSupplier serverQuota,
            Logins logins) {
        VaultStore vaults = new VaultStore(database);
        MemberStore members = new MemberStore(database);
        VaultDayStore days = new VaultDayStore(database);
        return new VaultModule(
                new UserVaults(
                        vaults,
                        members,
                        serverQuota,
                        days,
                        new WebDevices(new WebDeviceStore(database), context.tokens(), context.clock()),
                        context.audit(),
                        context.clock()),
                new VaultDays(days, context.clock()),
                new UserVaultDeletion(context, new VaultDeletionStore(database), logins),
                new UserSharing(context, logins, users, vaults, members, new VaultInvitationStore(database, outbox)));
    }
}
