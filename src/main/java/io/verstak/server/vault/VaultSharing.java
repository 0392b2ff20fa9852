package io.verstak.server.vault;

import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.sharing.Invitation;
import io.verstak.server.domain.sharing.Member;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.domain.sharing.SharedVault;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/**
 * Shared vaults: an owner invites others, who pair their desktops with the vault's id and get the owner's log. What changes a member's
 * access counts from the next request on, on every node, and ends waits. May be called on any context; futures complete there. Calls
 * about a vault refuse with {@code NOT_FOUND} unless the session's user owns it, or, where it says so, is a member.
 */
public interface VaultSharing {

    /**
     * Who has access to a vault.
     *
     * @param vaultId chosen by the desktop
     * @param label what people know it by
     * @param shareable false: the vault of devices that name none, which no other user's device can name
     * @param invitations that are open, the latest first
     */
    record Access(
            String vaultId, String label, boolean shareable, List<Member> members, List<Invitation> invitations) {}

    /**
     * What others share with a user.
     *
     * @param invitations that are open, the latest first
     */
    record Received(List<SharedVault> vaults, List<Invitation> invitations) {}

    Future<Access> access(SessionIdentity session, String vaultId);

    Future<Received> received(SessionIdentity session);

    /**
     * Invites a user, or an address that somebody has or will have here, for 14 days; a member with {@link Role#OWNER}: to take the vault
     * over. Fails as {@link io.verstak.server.account.StepUp} does. Also refuses with {@code NOT_FOUND} if nobody has the name, with
     * {@code INVALID_REQUEST} if the vault cannot be shared or the name is one's own, and with {@code CONFLICT} if the user is a
     * member, or there are too many. The answer says nothing about who has an address.
     */
    Future<Void> invite(Proof proof, String vaultId, String nameOrAddress, Role role);

    /** Withdraws an invitation. May be repeated. */
    Future<Void> withdraw(SessionIdentity session, String invitationId, InetAddress address);

    /** Changes what a member may do: {@link Role#EDITOR} or {@link Role#READER}. */
    Future<Void> change(SessionIdentity session, String vaultId, String userId, Role role, InetAddress address);

    /** Ends a membership: the member's devices of the vault are revoked. */
    Future<Void> remove(SessionIdentity session, String vaultId, String userId, InetAddress address);

    /**
     * Accepts an invitation. Refuses with {@code NOT_FOUND} if it is not open any more, and with {@code CONFLICT} if a vault is taken over
     * by somebody who has one with its id.
     */
    Future<Void> accept(SessionIdentity session, String invitationId, InetAddress address);

    /** Declines an invitation. May be repeated. */
    Future<Void> decline(SessionIdentity session, String invitationId, InetAddress address);

    /** Ends the user's own membership of a vault. */
    Future<Void> leave(SessionIdentity session, String vaultId, String ownerId, InetAddress address);
}
