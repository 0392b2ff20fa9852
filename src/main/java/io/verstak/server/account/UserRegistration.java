package io.verstak.server.account;

import static java.util.Objects.requireNonNullElse;

import io.verstak.server.account.AccountContext.Link;
import io.verstak.server.account.Registration.Application;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.factor.NewRecoveryCodes;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.account.factor.SignInMethod;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.account.RegistrationStore;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.mail.NewMail;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
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
    private final Passkeys passkeys;
    private final SecondFactors factors;
    private final SignIns signIns;

    public UserRegistration(
            AccountContext context,
            AccountPolicy policy,
            UserStore users,
            RegistrationStore store,
            InvitationStore invitations,
            OneTimeLinks links,
            Passkeys passkeys,
            SecondFactors factors,
            SignIns signIns) {
        this.context = context;
        this.policy = policy;
        this.users = users;
        this.store = store;
        this.invitations = invitations;
        this.links = links;
        this.passkeys = passkeys;
        this.factors = factors;
        this.signIns = signIns;
    }

    /** A taken name or address costs the same work as a free one: the password is hashed before the look-up. */
    @Override
    public Future<Void> register(Application application) {
        policy.requireOffered();
        String username = Usernames.typed(requireNonNullElse(application.username(), ""));
        String password = requireNonNullElse(application.password(), "");
        boolean proves = application.byPasskey() ? passkeys.relyingParty().hasPasskeys() : !password.isEmpty();
        if (username.isEmpty() || requireNonNullElse(application.email(), "").isEmpty() || !proves) {
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
                .compose(allowed -> application.byPasskey()
                        ? Future.succeededFuture("")
                        : context.newPasswords().forUser(password))
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
    public Future<Optional<String>> invited(String invitation, InetAddress address) {
        return links.look(
                        invitation,
                        address,
                        digest -> invitations.isOpen(digest, context.clock().millis()))
                .compose(open -> open
                        ? invitations.address(Tokens.digest(invitation).hex()).map(Optional::of)
                        : Future.succeededFuture(Optional.empty()));
    }

    @Override
    public Future<Boolean> canConfirm(String token, InetAddress address) {
        return links.look(
                token,
                address,
                digest -> store.canConfirm(digest, context.clock().millis()));
    }

    @Override
    public Future<Optional<Awaiting>> awaiting(String token, InetAddress address) {
        return find(token, address)
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : awaiting(found.get()).map(Optional::of));
    }

    private Future<Optional<User>> find(String token, InetAddress address) {
        return links.find(
                token,
                address,
                digest -> store.confirming(digest, context.clock().millis())
                        .compose(id -> id.map(users::find).orElse(Future.succeededFuture(Optional.empty()))));
    }

    private Future<Awaiting> awaiting(User user) {
        return user.passwordHash().isEmpty()
                ? passkeys.registrationRequest(FactorOwner.user(user.id()), user.username())
                        .map(request -> new Awaiting(user.username(), request))
                : Future.succeededFuture(new Awaiting(user.username(), ""));
    }

    @Override
    public Future<Joined> join(String token, String response, String name, Client client) {
        NewRecoveryCodes codes = factors.drawCodes();
        InetAddress from = client.address();
        return find(token, from)
                .compose(found -> found.filter(user -> user.passwordHash().isEmpty())
                        .map(Future::succeededFuture)
                        .orElseGet(Message.LINK_EXPIRED::refuse))
                .compose(user -> passkeys.registered(FactorOwner.user(user.id()), response, name, from)
                        .compose(created -> store.join(
                                Tokens.digest(token).hex(),
                                created.passkey(),
                                created.challenge(),
                                codes.hashes(),
                                context.audit().entry(AuditType.EMAIL_CONFIRMED, user.id(), from),
                                context.audit()
                                        .entry(AuditType.PASSKEY_ADDED, user.id(), from)
                                        .subject(name)))
                        .compose(joined -> joined ? users.find(user.id()) : Message.LINK_EXPIRED.refuse()))
                .compose(user -> user.isPresent()
                        ? signIns.complete(Person.of(user.get()), List.of(SignInMethod.PASSKEY), client)
                        : Message.LINK_EXPIRED.refuse())
                .map(outcome -> new Joined(
                        UserSessions.signedIn(outcome),
                        Tokens.digest(outcome.token()).hex(),
                        codes.shown()));
    }

    @Override
    public Future<Void> confirm(String token, InetAddress address) {
        return links.use(
                token,
                address,
                digest -> store.confirm(digest, context.audit().entry(AuditType.EMAIL_CONFIRMED, "", address)));
    }
}
