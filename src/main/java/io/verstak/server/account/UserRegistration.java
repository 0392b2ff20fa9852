package io.verstak.server.account;

import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.EmailToken;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.account.RegistrationStore;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.mail.NewMail;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Accepts registrations and confirms them. */
public final class UserRegistration implements Registration {
    private static final Duration LINK_LIVES = Duration.ofDays(2);

    private final AccountContext tools;
    private final AccountPolicy policy;
    private final UserStore users;
    private final RegistrationStore store;
    private final InvitationStore invitations;
    private final Limits limits;
    private final OneTimeLinks links;

    public UserRegistration(
            AccountContext tools,
            AccountPolicy policy,
            UserStore users,
            RegistrationStore store,
            InvitationStore invitations,
            Limits limits,
            OneTimeLinks links) {
        this.tools = tools;
        this.policy = policy;
        this.users = users;
        this.store = store;
        this.invitations = invitations;
        this.limits = limits;
        this.links = links;
    }

    /** A taken name or address costs the same work as a free one: the password is hashed before the look-up. */
    @Override
    public Future<Void> register(Application application) {
        policy.requireOffered();
        String username = Usernames.typed(orEmpty(application.username()));
        String password = orEmpty(application.password());
        if (username.isEmpty() || orEmpty(application.email()).isEmpty() || password.isEmpty()) {
            return Message.REGISTRATION_INCOMPLETE.refuse();
        }
        if (!Usernames.isAllowed(username)) {
            return Message.USERNAME_NOT_ALLOWED.refuse();
        }
        Optional<EmailAddress> email = EmailAddress.parse(orEmpty(application.email()));
        if (email.isEmpty()) {
            return Message.INVALID_EMAIL.refuse();
        }
        boolean usesInvitation = policy.usesInvitation(
                email.get(), !orEmpty(application.invitation()).isEmpty());
        tools.limited(() -> limits.register().attempt(application.address()), application.address());
        return tools.newPasswords()
                .forUser(password)
                .compose(hash -> add(application, user(username, email.get(), hash, application), usesInvitation))
                .onSuccess(added -> tools.mailQueued());
    }

    private User user(String username, EmailAddress email, String passwordHash, Application application) {
        return new User(
                tools.tokens().newUserId(),
                username,
                email.text(),
                passwordHash,
                false,
                false,
                0,
                application.language(),
                null,
                tools.clock().millis());
    }

    private Future<Void> add(Application application, User user, boolean usesInvitation) {
        String token = tools.tokens().newToken();
        Instant endsAt = tools.clock().instant().plus(LINK_LIVES);
        RegistrationStore.Registration registration = new RegistrationStore.Registration(
                user,
                usesInvitation
                        ? Tokens.digest(orEmpty(application.invitation())).hex()
                        : null,
                new EmailToken(
                        Tokens.digest(token).hex(), Purpose.CONFIRM, user.id(), user.email(), endsAt.toEpochMilli()),
                tools.mails().confirm(tools.recipients().of(user), token, endsAt),
                tools.audit().entry(AuditType.REGISTERED, user.id(), application.address()));
        return policy.hidesTakenEmail()
                ? users.findByEmail(user.email())
                        .compose(owner -> store.register(registration, true, owner.flatMap(this::warning)))
                : store.register(registration, false, Optional.empty());
    }

    /** Tells the owner of an address; not as often as somebody else likes. */
    private Optional<NewMail> warning(User owner) {
        return EmailAddress.parse(owner.email())
                .filter(limits::mayMail)
                .map(address -> tools.mails().addressTaken(tools.recipients().of(owner), owner.username()));
    }

    @Override
    public Future<Boolean> canJoin(String invitation, InetAddress address) {
        return links.look(
                invitation,
                address,
                digest -> invitations.isOpen(digest, tools.clock().millis()));
    }

    @Override
    public Future<Boolean> canConfirm(String token, InetAddress address) {
        return links.look(
                token, address, digest -> store.canConfirm(digest, tools.clock().millis()));
    }

    @Override
    public Future<Void> confirm(String token, InetAddress address) {
        return links.use(
                token,
                address,
                digest -> store.confirm(digest, tools.audit().entry(AuditType.EMAIL_CONFIRMED, "", address)));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
