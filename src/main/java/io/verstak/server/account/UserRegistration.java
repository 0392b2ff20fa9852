package io.verstak.server.account;

import static java.util.Objects.requireNonNullElse;

import io.verstak.server.account.AccountContext.Link;
import io.verstak.server.account.Registration.Application;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.account.RegistrationStore;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.mail.NewMail;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** Accepts registrations and confirms them. */
public final class UserRegistration implements Registration {
    /** How long a link that confirms an address is valid. */
    public static final Duration LINK_LIVES = Duration.ofDays(2);

    private final AccountContext context;
    private final AccountPolicy policy;
    private final UserStore users;
    private final RegistrationStore store;
    private final InvitationStore invitations;
    private final OneTimeLinks links;

    public UserRegistration(
            AccountContext context,
            AccountPolicy policy,
            UserStore users,
            RegistrationStore store,
            InvitationStore invitations,
            OneTimeLinks links) {
        this.context = context;
        this.policy = policy;
        this.users = users;
        this.store = store;
        this.invitations = invitations;
        this.links = links;
    }

    /** A taken name or address costs the same work as a free one: the password is hashed before the look-up. */
    @Override
    public Future<Void> register(Application application) {
        policy.requireOffered();
        String username = Usernames.typed(requireNonNullElse(application.username(), ""));
        String password = requireNonNullElse(application.password(), "");
        if (username.isEmpty() || requireNonNullElse(application.email(), "").isEmpty() || password.isEmpty()) {
            return Message.REGISTRATION_INCOMPLETE.refuse();
        }
        if (!Usernames.isAllowed(username)) {
            return Message.USERNAME_NOT_ALLOWED.refuse();
        }
        Optional<EmailAddress> email = EmailAddress.parse(requireNonNullElse(application.email(), ""));
        if (email.isEmpty()) {
            return Message.INVALID_EMAIL.refuse();
        }
        boolean usesInvitation = policy.usesInvitation(
                email.get(), !requireNonNullElse(application.invitation(), "").isEmpty());
        return context.limited(() -> context.limits().register().attempt(application.address()), application.address())
                .compose(allowed -> context.newPasswords().forUser(password))
                .compose(hash -> add(application, user(username, email.get(), hash, application), usesInvitation))
                .onSuccess(added -> context.mailQueued());
    }

    private User user(String username, EmailAddress email, String passwordHash, Application application) {
        return new User(
                context.tokens().newUserId(),
                username,
                email.text(),
                passwordHash,
                false,
                false,
                0,
                application.language(),
                null,
                context.clock().millis());
    }

    private Future<Void> add(Application application, User user, boolean usesInvitation) {
        Link link = context.newLink(Purpose.CONFIRM, user.id(), user.email(), LINK_LIVES);
        RegistrationStore.Registration registration = new RegistrationStore.Registration(
                user,
                usesInvitation
                        ? Tokens.digest(requireNonNullElse(application.invitation(), ""))
                                .hex()
                        : null,
                link.stored(),
                context.mails().confirm(context.recipient(user), link.token(), link.endsAt()),
                context.audit().entry(AuditType.REGISTERED, user.id(), application.address()));
        return policy.hidesTakenEmail()
                ? users.findByEmail(user.email())
                        .compose(this::warning)
                        .compose(warning -> store.register(registration, true, warning))
                : store.register(registration, false, Optional.empty());
    }

    /** Returns the mail that warns the owner of an address; empty above the limit of mails to one address. */
    private Future<Optional<NewMail>> warning(Optional<User> owner) {
        Optional<EmailAddress> address = owner.map(User::email).flatMap(EmailAddress::parse);
        if (owner.isEmpty() || address.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        User warned = owner.get();
        return context.limits()
                .mayMail(address.get())
                .map(may -> may
                        ? Optional.of(context.mails().addressTaken(context.recipient(warned), warned.username()))
                        : Optional.empty());
    }

    @Override
    public Future<Boolean> canJoin(String invitation, InetAddress address) {
        return links.look(
                invitation,
                address,
                digest -> invitations.isOpen(digest, context.clock().millis()));
    }

    @Override
    public Future<Boolean> canConfirm(String token, InetAddress address) {
        return links.look(
                token,
                address,
                digest -> store.canConfirm(digest, context.clock().millis()));
    }

    @Override
    public Future<Void> confirm(String token, InetAddress address) {
        return links.use(
                token,
                address,
                digest -> store.confirm(digest, context.audit().entry(AuditType.EMAIL_CONFIRMED, "", address)));
    }
}
