package io.verstak.server.http.server;

import io.verstak.server.account.AccountDeletion;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.Devices;
import io.verstak.server.account.OwnAccount;
import io.verstak.server.account.notice.SecurityLog;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Origins;
import io.verstak.server.http.live.LiveStreams;
import io.verstak.server.http.server.PageEndpoints.Pages;
import io.verstak.server.http.web.ConnectPage;
import io.verstak.server.http.web.DashboardPage;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.SharingPage;
import io.verstak.server.vault.OwnVaults;
import io.verstak.server.vault.VaultDeletion;
import io.verstak.server.vault.VaultSharing;
import java.time.Clock;

/** The routes of a user's devices and vaults, and of whom the vaults are shared with. */
record VaultRoutes(DashboardPage dashboard, ConnectPage connect, SharingPage sharing) {

    /** Returns the pages with the contracts that they call. */
    static VaultRoutes of(Bus bus, AccountPolicy policy, OneTimeSecrets secrets, Origins origins, Clock clock) {
        OwnVaults vaults = bus.client(OwnVaults.class);
        Devices devices = bus.client(Devices.class);
        VaultSharing sharing = bus.client(VaultSharing.class);
        DashboardPage dashboard = new DashboardPage(
                bus.client(OwnAccount.class),
                vaults,
                sharing,
                devices,
                bus.client(SecurityLog.class),
                bus.client(AccountDeletion.class),
                bus.client(VaultDeletion.class),
                policy,
                origins);
        return new VaultRoutes(
                dashboard,
                new ConnectPage(vaults, sharing, devices, policy, secrets, origins, clock),
                new SharingPage(sharing, dashboard));
    }

    void add(RouteTable table, Pages<SessionIdentity> user, LiveStreams live) {
        table.get("/dashboard", user.show(dashboard::show))
                .getOnly(
                        "/dashboard/events",
                        user.stream((call, session) ->
                                live.open(call, session, "dashboard", session.owner(), dashboard::figures)))
                .post("/dashboard/rename", user.form(dashboard::rename))
                .post("/dashboard/revoke", user.form(dashboard::revoke))
                .post("/dashboard/vault/rename", user.form(dashboard::renameVault))
                .post("/dashboard/vault/delete", user.form(dashboard::deleteVault))
                .post("/dashboard/vault/restore", user.form(dashboard::restoreVault))
                .post("/dashboard/keep", user.form(dashboard::keep))
                .get("/dashboard/connect", user.show(connect::show))
                .post("/dashboard/connect", user.form(connect::create))
                .get("/dashboard/sharing", user.show(sharing::show))
                .post("/dashboard/sharing/invite", user.form(sharing::invite))
                .post("/dashboard/sharing/withdraw", user.form(sharing::withdraw))
                .post("/dashboard/sharing/change", user.form(sharing::change))
                .post("/dashboard/sharing/remove", user.form(sharing::remove))
                .post("/dashboard/sharing/accept", user.form(sharing::accept))
                .post("/dashboard/sharing/decline", user.form(sharing::decline))
                .post("/dashboard/sharing/leave", user.form(sharing::leave));
    }
}
