package io.verstak.server.vault;

import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;

/**
 * The deletion of vaults, which can be undone for 7 days. From the next request on, every device of a deleted vault is refused with {@code
 * GONE} on every node; waits and uploads end, and no device can be paired with its id. May be called on any context; futures complete there.
 * Every call may be repeated, and refuses with {@code NOT_FOUND} if there is no such vault.
 */
public interface VaultDeletion {

    /**
     * Deletes an own vault. A repeated call keeps the first date. Also refuses with {@code INVALID_REQUEST} if the name is another one, and
     * as a form that asks for a proof.
     *
     * @param typedName the name of the vault or its id, typed again
     */
    Future<Void> delete(Proof proof, String vaultId, String typedName);

    /** Undoes the deletion of an own vault: its devices work as before. */
    Future<Void> restore(SessionIdentity session, String vaultId, InetAddress address);

    /**
     * Deletes a vault in the name of an administrator, of which its owner is told.
     *
     * @param typedName the name of the vault or its id, typed again
     */
    Future<Void> delete(Actor by, long scopeId, String typedName);

    /** Undoes the deletion of a vault in the name of an administrator. */
    Future<Void> restore(Actor by, long scopeId);
}
