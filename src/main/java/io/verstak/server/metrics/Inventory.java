package io.verstak.server.metrics;

import io.verstak.server.domain.listing.AdministratorSummary;
import io.verstak.server.domain.listing.AuditEvent;
import io.verstak.server.domain.listing.AuditQuery;
import io.verstak.server.domain.listing.DeviceQuery;
import io.verstak.server.domain.listing.DeviceSummary;
import io.verstak.server.domain.listing.InvitationSummary;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.UserSummary;
import io.verstak.server.domain.listing.VaultQuery;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.listing.AdministratorListing;
import io.verstak.server.storage.listing.AuditListing;
import io.verstak.server.storage.listing.DeviceListing;
import io.verstak.server.storage.listing.UserListing;
import io.verstak.server.storage.listing.VaultListing;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The lists and figures for administrators, without the content of vaults. Every list is read along an index, page by
 * page. Safe for any thread; futures complete on the caller's context.
 */
public final class Inventory {
    private final Database database;
    private final UserListing users;
    private final DeviceListing devices;
    private final VaultListing vaults;
    private final AuditListing audit;
    private final AdministratorListing administrators;

    public Inventory(Database database) {
        this.database = database;
        this.users = new UserListing(database);
        this.devices = new DeviceListing(database);
        this.vaults = new VaultListing(database);
        this.audit = new AuditListing(database);
        this.administrators = new AdministratorListing(database);
    }

    /** Returns all administrators by name. */
    public Future<List<AdministratorSummary>> administrators() {
        return administrators.list();
    }

    public Future<Page<UserSummary>> users(UserQuery query) {
        return users.list(query);
    }

    public Future<Optional<UserSummary>> user(String id) {
        return users.find(id);
    }

    public Future<Page<DeviceSummary>> devices(DeviceQuery query) {
        return devices.list(query);
    }

    /** Returns up to {@code limit} devices after a position, latest first, for reading all of them. */
    public Future<List<DeviceSummary>> devices(DeviceQuery.Position behind, boolean onlyWorking, int limit) {
        return devices.after(behind, onlyWorking, limit);
    }

    /** Returns up to {@code limit} devices whose name begins with this text, latest first. */
    public Future<List<DeviceSummary>> devicesNamed(String text, int limit) {
        return devices.named(text, limit);
    }

    /** Up to {@code limit} of them, the latest first. */
    public Future<List<DeviceSummary>> devicesOfUser(String userId, int limit) {
        return devices.ofUser(userId, limit);
    }

    /** Up to {@code limit} of them, the latest first. */
    public Future<List<DeviceSummary>> devicesOfVault(long vaultId, int limit) {
        return devices.ofScope(vaultId, limit);
    }

    public Future<Page<VaultSummary>> vaults(VaultQuery query) {
        return vaults.list(query);
    }

    public Future<Optional<VaultSummary>> vault(long id) {
        return vaults.find(id);
    }

    public Future<List<VaultSummary>> vaultsOfUser(String userId) {
        return vaults.ofUser(userId);
    }

    public Future<List<VaultSummary>> largestVaults(int limit) {
        return vaults.largest(limit);
    }

    public Future<List<AuditEvent>> audit(AuditQuery query) {
        return audit.list(query);
    }

    public Future<Optional<InvitationSummary>> invitation(String id) {
        return InvitationStore.find(database, id);
    }

    /** Some of them, the latest first. */
    public Future<List<InvitationSummary>> invitations(long offset, int limit) {
        return InvitationStore.list(database, offset, limit);
    }
}
