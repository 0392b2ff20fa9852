package io.verstak.server.vault;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.sharing.Role;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;

/** Which vaults a signed-in user may open, and as what. May be called on any context; futures complete there. */
public interface VaultAccess {

    /**
     * A vault that is open to somebody.
     *
     * @param userId to whom
     * @param label what people know it by: its name, or else its id
     * @param deleted whether it is about to be removed: it is read only then
     */
    record Grant(Scope scope, String userId, String label, Role role, boolean deleted) {
        public boolean mayWrite() {
            return role != Role.READER && !deleted;
        }
    }

    /**
     * Returns a vault. Refuses with {@code NOT_FOUND} if there is none, or if it is not open to the user.
     *
     * @param ownerId the user whose vault it is; empty: one's own, or else the only one with this id that is shared with the user
     */
    Future<Grant> of(SessionIdentity session, String vaultId, String ownerId);

    /** Notes in the audit log that a vault was downloaded. A full disk prevents the note, but not the download. */
    Future<Void> exported(Grant vault, InetAddress address);

    /**
     * Returns the device under which pages change a vault. Refuses with {@code FORBIDDEN} unless the user may.
     */
    Future<DeviceIdentity> webDevice(SessionIdentity session, Grant vault);

    /** Notes in the audit log that files were brought back or added on a page. */
    Future<Void> changed(SessionIdentity session, Grant vault, InetAddress address);

    /** Returns the names of devices of a vault by their ids; those that are not known are missing. */
    Future<Map<String, String>> deviceNames(Scope scope, Collection<String> deviceIds);
}
