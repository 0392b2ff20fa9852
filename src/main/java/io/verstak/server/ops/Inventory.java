package io.verstak.server.ops;

import io.verstak.server.domain.listing.AuditEvent;
import io.verstak.server.domain.listing.AuditQuery;
import io.verstak.server.domain.listing.DeviceQuery;
import io.verstak.server.domain.listing.ListedDevice;
import io.verstak.server.domain.listing.ListedInvitation;
import io.verstak.server.domain.listing.ListedUser;
import io.verstak.server.domain.listing.ListedVault;
import io.verstak.server.domain.listing.Listing;
import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.VaultQuery;
import io.verstak.server.storage.AuditListing;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.DeviceListing;
import io.verstak.server.storage.InvitationStore;
import io.verstak.server.storage.UserListing;
import io.verstak.server.storage.VaultListing;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What administrators look at: who and what is there, in numbers and names, and never what a vault holds. Every list is read
 * along an index, page by page. Safe for any thread; futures complete on the caller's context.
 */
public final class Inventory {
    private static final int MOST_INVITATIONS = 200;

    private final Database database;
    private final UserListing users;
    private final DeviceListing devices;
    private final VaultListing vaults;
    private final AuditListing audit;

    public Inventory(Database database) {
        this.database = database;
        this.users = new UserListing(database);
        this.devices = new DeviceListing(database);
        this.vaults = new VaultListing(database);
        this.audit = new AuditListing(database);
    }

    public Future<Listing<ListedUser>> users(UserQuery query) {
        return users.list(query);
    }

    public Future<Optional<ListedUser>> user(String id) {
        return users.find(id);
    }

    public Future<Listing<ListedDevice>> devices(DeviceQuery query) {
        return devices.list(query);
    }

    /** Up to {@code limit} devices behind a position, the latest first: for those who read them all. */
    public Future<List<ListedDevice>> devices(DeviceQuery.Position behind, boolean onlyWorking, int limit) {
        return devices.after(behind, onlyWorking, limit);
    }

    public Future<List<ListedDevice>> devicesOfUser(String userId) {
        return devices.ofUser(userId);
    }

    public Future<List<ListedDevice>> devicesOfVault(long vaultId) {
        return devices.ofScope(vaultId);
    }

    public Future<Listing<ListedVault>> vaults(VaultQuery query) {
        return vaults.list(query);
    }

    public Future<Optional<ListedVault>> vault(long id) {
        return vaults.find(id);
    }

    public Future<List<ListedVault>> vaultsOfUser(String userId) {
        return vaults.ofUser(userId);
    }

    public Future<List<ListedVault>> largestVaults(int limit) {
        return vaults.largest(limit);
    }

    public Future<List<AuditEvent>> audit(AuditQuery query) {
        return audit.list(query);
    }

    /** The latest ones. */
    public Future<List<ListedInvitation>> invitations() {
        return InvitationStore.list(database, MOST_INVITATIONS);
    }
}
