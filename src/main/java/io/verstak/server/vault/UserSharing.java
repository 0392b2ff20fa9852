package io.verstak.server.vault;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Logins;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.AuditType;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Usernames;
import io.verstak.server.domain.Vault;
import io.verstak.server.domain.sharing.Invitation;
import io.verstak.server.domain.sharing.Member;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.domain.sharing.SharedVault;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.account.VaultStore;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.vault.MemberStore;
import io.verstak.server.storage.vault.VaultInvitationStore;
import io.verstak.server.storage.vault.VaultInvitationStore.Found;
import io.verstak.server.storage.vault.VaultInvitationStore.NewInvitation;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Shares vaults. */
public final class UserSharing implements VaultSharing {
    private static final Duration OPEN = Duration.ofDays(14);

    private final AccountContext context;
    private final Logins logins;
    private final UserStore users;
    private final VaultStore vaults;
    private final MemberStore members;
    private final VaultInvitationStore invitations;

    UserSharing(
            AccountContext context,
            Logins logins,
            UserStore users,
            VaultStore vaults,
            MemberStore members,
            VaultInvitationStore invitations) {
        this.context = context;
        this.logins = logins;
        this.users = users;
        this.vaults = vaults;
        this.members = members;
        this.invitations = invitations;
    }

    /**
     * Somebody who is invited.
     *
     * @param user empty: nobody has the address
     * @param name as the owner knows it: an address does not tell the name of the user who has it
     * @param address empty: the user was named
     */
    private record Invited(Optional<User> user, String name, String address) {}

    @Override
    public Future<Access> access(SessionIdentity session, String vaultId) {
        return own(session.owner(), vaultId).compose(vault -> {
            Scope scope = scope(session.owner(), vault);
            Future<List<Member>> all = members.members(scope.id());
            Future<List<Invitation>> open = invitations.ofVault(scope, now());
            return Future.all(all, open)
                    .map(both -> new Access(
                            vaultId, vault.label(), !Scope.isDefaultVault(vaultId), all.result(), open.result()));
        });
    }

    @Override
    public Future<Received> received(SessionIdentity session) {
        Future<List<SharedVault>> shared = members.shared(session.owner());
        Future<List<Invitation>> open = invitations.ofUser(session.owner(), now());
        return Future.all(shared, open).map(both -> new Received(shared.result(), open.result()));
    }

    @Override
    public Future<Void> invite(Proof proof, String vaultId, String nameOrAddress, Role role) {
        return Scope.isDefaultVault(vaultId)
                ? Message.VAULT_NOT_SHAREABLE.refuse()
                : logins.require(proof)
                        .compose(owner -> own(owner.id(), vaultId)
                                .compose(vault -> invited(nameOrAddress, role == Role.OWNER)
                                        .compose(invited -> invite(proof, owner, vault, invited, role))));
    }

    /** @param handsOver whether the name is that of a member, whom the owner knows */
    private Future<Invited> invited(String nameOrAddress, boolean handsOver) {
        String typed = Usernames.typed(nameOrAddress);
        Optional<EmailAddress> address = EmailAddress.parse(typed);
        return address.map(known -> users.findByEmail(known.text()))
                .orElseGet(() -> users.findByLogin(typed))
                .compose(found -> {
                    Optional<User> user = found.filter(one -> one.confirmed() || address.isEmpty());
                    return user.isEmpty() && address.isEmpty()
                            ? Message.NAME_OR_ADDRESS_NOT_FOUND.refuse()
                            : Future.succeededFuture(new Invited(
                                    user,
                                    address.map(EmailAddress::text)
                                            .or(() -> user.map(User::username))
                                            .orElse(typed),
                                    handsOver && user.isPresent()
                                            ? ""
                                            : address.map(EmailAddress::key).orElse("")));
                });
    }

    private Future<Void> invite(Proof proof, User owner, Vault vault, Invited invited, Role role) {
        String userId = invited.user().map(User::id).orElse("");
        String named = invited.address().isEmpty() ? userId : "";
        if (userId.equals(owner.id())) {
            return Message.OWN_ACCOUNT.refuse();
        }
        AuditEntry shared = entry(AuditType.VAULT_SHARED, proof.session(), proof.address(), vault.label());
        List<AuditEntry> audit = userId.isEmpty()
                ? List.of(shared)
                : List.of(shared, told(AuditType.VAULT_OFFERED, userId, vault.label()));
        return mail(owner, invited)
                .compose(mail -> invitations.add(
                        new NewInvitation(
                                context.tokens().newUserId(),
                                scope(owner.id(), vault),
                                named,
                                invited.address(),
                                invited.name(),
                                role,
                                now(),
                                now() + OPEN.toMillis(),
                                mail),
                        audit))
                .onSuccess(added -> context.mailQueued());
    }

    /** A user is told by the audit log, as of every event; an address gets a mail of its own, if it has not had too many. */
    private Future<Optional<NewMail>> mail(User owner, Invited invited) {
        return EmailAddress.parse(invited.user().isPresent() ? "" : invited.address())
                .map(address -> context.limits()
                        .mayMail(address)
                        .map(may -> may
                                ? Optional.of(context.mails()
                                        .vaultInvitation(
                                                context.mails().recipient(address.text(), ""), owner.username()))
                                : Optional.<NewMail>empty()))
                .orElse(Future.succeededFuture(Optional.empty()));
    }

    @Override
    public Future<Void> withdraw(SessionIdentity session, String invitationId, InetAddress address) {
        return invitations.withdraw(
                session.owner(),
                invitationId,
                context.audit().entry(AuditType.VAULT_INVITATION_ENDED, session, address));
    }

    @Override
    public Future<Void> change(SessionIdentity session, String vaultId, String userId, Role role, InetAddress address) {
        if (role == Role.OWNER) {
            return ErrorCode.INVALID_REQUEST.refuse();
        }
        return own(session.owner(), vaultId)
                .compose(vault -> members.change(
                        scope(session.owner(), vault),
                        userId,
                        role,
                        List.of(
                                entry(AuditType.VAULT_MEMBER_CHANGED, session, address, vault.label()),
                                told(AuditType.VAULT_ROLE_SET, userId, vault.label()))))
                .onSuccess(changed -> forget(userId));
    }

    @Override
    public Future<Void> remove(SessionIdentity session, String vaultId, String userId, InetAddress address) {
        return own(session.owner(), vaultId)
                .compose(vault -> members.remove(
                        scope(session.owner(), vault),
                        userId,
                        List.of(
                                entry(AuditType.VAULT_MEMBER_REMOVED, session, address, vault.label()),
                                told(AuditType.VAULT_ACCESS_ENDED, userId, vault.label()))))
                .onSuccess(removed -> forget(userId));
    }

    @Override
    public Future<Void> accept(SessionIdentity session, String invitationId, InetAddress address) {
        return invitations
                .find(session.owner(), invitationId, now())
                .compose(open -> open.map(found -> accept(session, found, address))
                        .orElseGet(() -> Message.VAULT_INVITATION_GONE.refuse()));
    }

    private Future<Void> accept(SessionIdentity session, Found found, InetAddress address) {
        boolean handedOver = found.invitation().role() == Role.OWNER;
        String label = found.invitation().label();
        String ownerId = found.vault().userId();
        List<AuditEntry> audit = List.of(
                entry(handedOver ? AuditType.VAULT_RECEIVED : AuditType.VAULT_JOINED, session, address, label),
                told(handedOver ? AuditType.VAULT_HANDED_OVER : AuditType.VAULT_MEMBER_ADDED, ownerId, label));
        return invitations.accept(found, session.owner(), audit).onSuccess(accepted -> {
            forget(session.owner());
            forget(ownerId);
        });
    }

    @Override
    public Future<Void> decline(SessionIdentity session, String invitationId, InetAddress address) {
        return invitations
                .find(session.owner(), invitationId, now())
                .compose(open -> open.map(found -> invitations.decline(
                                found,
                                List.of(entry(
                                        AuditType.VAULT_INVITATION_ENDED,
                                        session,
                                        address,
                                        found.invitation().label()))))
                        .orElseGet(Future::succeededFuture));
    }

    @Override
    public Future<Void> leave(SessionIdentity session, String vaultId, String ownerId, InetAddress address) {
        return members.shared(session.owner(), vaultId, ownerId)
                .map(found -> found.orElseThrow(() -> new ServerException(Message.VAULT_NOT_FOUND)))
                .compose(vault -> members.remove(
                        vault.scope(),
                        session.owner(),
                        List.of(
                                entry(AuditType.VAULT_LEFT, session, address, vault.label()),
                                told(AuditType.VAULT_MEMBER_LEFT, ownerId, vault.label()))))
                .onSuccess(left -> forget(session.owner()));
    }

    /** Returns the entry of somebody who did something, in their own log. */
    private AuditEntry entry(AuditType type, SessionIdentity session, InetAddress address, String vault) {
        return context.audit().entry(type, session, address).subject(vault);
    }

    /** Returns the entry of somebody to whom something happened: it does not say from where another person did it. */
    private AuditEntry told(AuditType type, String userId, String vault) {
        return context.audit().entry(type, userId, "", "").subject(vault);
    }

    private Future<Vault> own(String userId, String vaultId) {
        return vaults.vault(userId, vaultId)
                .map(found -> found.orElseThrow(() -> new ServerException(Message.VAULT_NOT_FOUND)));
    }

    /** Caches are invalidated before a change is acknowledged. */
    private void forget(String userId) {
        context.caches().forgetUser(userId);
        context.mailQueued();
    }

    private long now() {
        return context.clock().millis();
    }

    private static Scope scope(String ownerId, Vault vault) {
        return new Scope(vault.scopeId(), ownerId, vault.vaultId());
    }
}
