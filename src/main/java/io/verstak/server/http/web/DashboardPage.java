package io.verstak.server.http.web;

import io.verstak.server.account.AccountDeletion;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.Devices;
import io.verstak.server.account.OwnAccount;
import io.verstak.server.account.notice.SecurityLog;
import io.verstak.server.domain.Profile;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Vault;
import io.verstak.server.domain.VaultDevice;
import io.verstak.server.domain.listing.SecurityEvent;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Origins;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.OwnVaults;
import io.verstak.server.vault.OwnVaults.Overview;
import io.verstak.server.vault.VaultDeletion;
import io.verstak.server.vault.VaultSharing;
import io.verstak.server.vault.VaultSharing.Received;
import io.vertx.core.Future;
import java.util.List;

/** A user's devices and vaults, and the actions on a device. */
public final class DashboardPage {
    private static final String PATH = "/dashboard";

    private final OwnAccount account;
    private final OwnVaults vaults;
    private final VaultSharing sharing;
    private final Devices devices;
    private final SecurityLog log;
    private final AccountDeletion deletion;
    private final VaultDeletion vaultDeletion;
    private final AccountPolicy policy;
    private final Origins origins;

    /**
     * The content of the page.
     *
     * @param working devices that are not revoked
     * @param revoked devices that are
     * @param vaults in use
     * @param deleted vaults that can be restored
     * @param received what others share with the user
     * @param notices events that the user has not dismissed, latest first
     * @param defaultVault the id of the default vault
     * @param server the address to enter in a desktop
     * @param codesOnly whether a password connects no device
     */
    public record View(
            Profile profile,
            Overview overview,
            List<VaultDevice> working,
            List<VaultDevice> revoked,
            List<Vault> vaults,
            List<Vault> deleted,
            Received received,
            List<SecurityEvent> notices,
            String defaultVault,
            String server,
            boolean codesOnly) {}

    public DashboardPage(
            OwnAccount account,
            OwnVaults vaults,
            VaultSharing sharing,
            Devices devices,
            SecurityLog log,
            AccountDeletion deletion,
            VaultDeletion vaultDeletion,
            AccountPolicy policy,
            Origins origins) {
        this.policy = policy;
        this.account = account;
        this.vaults = vaults;
        this.sharing = sharing;
        this.devices = devices;
        this.log = log;
        this.deletion = deletion;
        this.vaultDeletion = vaultDeletion;
        this.origins = origins;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        Future<Profile> profile = account.profile(session);
        Future<Overview> overview = vaults.overview(session);
        Future<Received> received = sharing.received(session);
        Future<List<SecurityEvent>> notices = log.notices(session);
        return Future.all(profile, overview, received, notices)
                .map(all -> Reply.page(
                        "dashboard",
                        view(
                                profile.result(),
                                overview.result(),
                                received.result(),
                                notices.result(),
                                origins.address(call.context()))));
    }

    /** Reads what changes on the page while nobody does anything on it. */
    public Future<Overview> figures(SessionIdentity session) {
        return vaults.overview(session);
    }

    private View view(
            Profile profile, Overview overview, Received received, List<SecurityEvent> notices, String server) {
        return new View(
                profile,
                overview,
                overview.devices().stream()
                        .filter(device -> device.revokedAt() == null)
                        .toList(),
                overview.devices().stream()
                        .filter(device -> device.revokedAt() != null)
                        .toList(),
                overview.vaults().stream()
                        .filter(vault -> vault.deleteAfter() == null)
                        .toList(),
                overview.vaults().stream()
                        .filter(vault -> vault.deleteAfter() != null)
                        .toList(),
                received,
                notices,
                Scope.defaultVault(profile.userId()),
                server,
                policy.codesOnly());
    }

    public Future<Reply> rename(Request call, SessionIdentity session, FormFields fields) {
        return devices.rename(session, fields.get("device"), fields.get("name"), call.clientAddress())
                .map(renamed -> Reply.to(PATH).flash("device-renamed"))
                .recover(Reply.again(() -> show(call, session)));
    }

    public Future<Reply> revoke(Request call, SessionIdentity session, FormFields fields) {
        return devices.revoke(AccountPage.proof(call, session, fields), fields.get("device"))
                .map(revoked -> Reply.to(PATH).flash("device-revoked"))
                .recover(Reply.again(() -> show(call, session)));
    }

    public Future<Reply> renameVault(Request call, SessionIdentity session, FormFields fields) {
        return vaults.rename(session, fields.get("vault"), fields.get("vault_name"), call.clientAddress())
                .map(renamed -> Reply.to(PATH).flash("vault-renamed"))
                .recover(Reply.again(() -> show(call, session)));
    }

    public Future<Reply> deleteVault(Request call, SessionIdentity session, FormFields fields) {
        return vaultDeletion
                .delete(
                        AccountPage.proof(call, session, fields),
                        fields.get("vault"),
                        fields.get(AccountPage.TYPED_NAME))
                .map(deleted -> Reply.to(PATH))
                .recover(Reply.again(() -> show(call, session)));
    }

    public Future<Reply> restoreVault(Request call, SessionIdentity session, FormFields fields) {
        return vaultDeletion
                .restore(session, fields.get("vault"), call.clientAddress())
                .map(restored -> Reply.to(PATH).flash("vault-restored"))
                .recover(Reply.again(() -> show(call, session)));
    }

    /** Cancels the deletion of the account. */
    public Future<Reply> keep(Request call, SessionIdentity session, FormFields fields) {
        return deletion.keep(session, call.clientAddress())
                .map(kept -> Reply.to(PATH).flash("account-kept"));
    }
}
