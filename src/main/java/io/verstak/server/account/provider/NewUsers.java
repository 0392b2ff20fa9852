package io.verstak.server.account.provider;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.IdentityStore;
import io.verstak.server.storage.account.IdentityStore.Identity;
import io.verstak.server.storage.account.RegistrationStore.Registration;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes accounts without a password for people who sign in at a provider for the first time. */
final class NewUsers {
    private static final Duration LINK_LIVES = Duration.ofDays(2);
    private static final Pattern NOT_ALLOWED = Pattern.compile("[^A-Za-z0-9._-]+");

    /** After these the name gets random digits. */
    private static final int NUMBERED = 5;

    private static final int MOST_TRIES = 8;
    private static final int LONGEST_NAME = 56;
    private static final int SHORTEST_NAME = 3;

    private final AccountContext context;
    private final AccountPolicy policy;
    private final IdentityStore store;
    private final UserStore users;

    NewUsers(AccountContext context, AccountPolicy policy, IdentityStore store, UserStore users) {
        this.context = context;
        this.policy = policy;
        this.store = store;
        this.users = users;
    }

    /**
     * Returns the address that an account would have. Refuses with {@code FORBIDDEN} if the provider's users get none, and with {@code
     * CONFLICT} if the address is verified and taken.
     */
    Future<EmailAddress> require(OidcProvider provider, IdClaims claims, String invitation) {
        if (provider.registration().equals("nobody")) {
            return Message.IDENTITY_UNKNOWN.refuse();
        }
        if (isInvited(provider) && invitation.isEmpty()) {
            return Message.INVITATION_REQUIRED.refuse();
        }
        Optional<EmailAddress> email = claims.email().flatMap(EmailAddress::parse);
        if (email.isEmpty()) {
            return Message.IDENTITY_EMAIL_MISSING.refuse();
        }
        if (!claims.emailVerified() && policy.hidesTakenEmail()) {
            // The refusal of a taken address would say that it is one.
            return Message.IDENTITY_EMAIL_UNVERIFIED.refuse();
        }
        // A person with an unverified address learns only when the account is made whether it is taken: that is
        // limited.
        return claims.emailVerified()
                ? users.findByEmail(email.get().text())
                        .compose(found -> found.filter(User::confirmed).isPresent()
                                ? Message.IDENTITY_EMAIL_TAKEN.refuse()
                                : Future.succeededFuture(email.get()))
                : Future.succeededFuture(email.get());
    }

    private static boolean isInvited(OidcProvider provider) {
        return provider.registration().equals("invited");
    }

    /**
     * Makes an account, unconfirmed if the provider has not verified the address: a mail then asks to confirm it. Refuses as {@link
     * #require} does, with {@code INVALID_REQUEST} if the name is not allowed, and with {@code CONFLICT} if it is taken.
     */
    Future<User> register(OidcProvider provider, IdClaims claims, String typed, String invitation, Client client) {
        String username = Usernames.typed(typed);
        if (!Usernames.isAllowed(username)) {
            return Message.USERNAME_NOT_ALLOWED.refuse();
        }
        @Nullable
        String invitationHash = isInvited(provider) ? Tokens.digest(invitation).hex() : null;
        return context.limited(() -> context.limits().register().attempt(client.address()), client.address())
                .compose(allowed -> require(provider, claims, invitation))
                .compose(email -> add(provider, claims, user(username, email, claims), invitationHash, client))
                .recover(NewUsers::explain);
    }

    private User user(String username, EmailAddress email, IdClaims claims) {
        return new User(
                context.tokens().newUserId(),
                username,
                email.text(),
                "",
                claims.emailVerified(),
                false,
                0,
                "",
                null,
                context.clock().millis());
    }

    private Future<User> add(
            OidcProvider provider, IdClaims claims, User user, @Nullable String invitationHash, Client client) {
        Identity identity = new Identity(
                claims.issuer(),
                claims.subject(),
                user.id(),
                provider.id(),
                user.email(),
                user.createdAt(),
                user.createdAt());
        var audit = context.audit().entry(AuditType.REGISTERED, user.id(), client.address());
        Future<Void> added = user.confirmed()
                ? store.register(user, identity, invitationHash, audit)
                : store.register(unconfirmed(user, invitationHash, client), identity)
                        .onSuccess(queued -> context.mailQueued());
        return added.map(user);
    }

    private Registration unconfirmed(User user, @Nullable String invitationHash, Client client) {
        AccountContext.Link link = context.newLink(Purpose.CONFIRM, user.id(), user.email(), LINK_LIVES);
        return new Registration(
                user,
                invitationHash,
                link.stored(),
                context.mails().confirm(context.recipient(user), link.token(), link.endsAt()),
                context.audit().entry(AuditType.REGISTERED, user.id(), client.address()));
    }

    /** Returns an allowed, free name like the one that the provider gives, or like the address: {@code anna}, {@code anna-2}, {@code anna-4a71c0}. */
    Future<String> suggest(IdClaims claims) {
        String wanted = allowed(claims.username().orElse(""));
        String base = wanted.isEmpty() ? allowed(claims.email().orElse("")) : wanted;
        return free(base.isEmpty() ? "user" : base, 1);
    }

    private Future<String> free(String base, int attempt) {
        String name = attempt == 1 ? base : base + "-" + suffix(attempt);
        return users.findByLogin(name)
                .compose(taken -> taken.isPresent() && attempt < MOST_TRIES
                        ? free(base, attempt + 1)
                        : Future.succeededFuture(name));
    }

    private String suffix(int attempt) {
        return attempt <= NUMBERED
                ? Integer.toString(attempt)
                : context.tokens().newUserId().substring(0, 6);
    }

    private static String allowed(String wanted) {
        int at = wanted.indexOf('@');
        String name = NOT_ALLOWED
                .matcher(at < 0 ? wanted : wanted.substring(0, at))
                .replaceAll("-")
                .replaceAll("^-+|-+$", "");
        String cut = name.substring(0, Math.min(name.length(), LONGEST_NAME));
        return cut.length() >= SHORTEST_NAME && Usernames.isAllowed(cut) ? cut : "";
    }

    private static <T> Future<T> explain(Throwable failure) {
        return Message.EMAIL_TAKEN.isReasonOf(failure)
                ? Message.IDENTITY_EMAIL_TAKEN.refuse()
                : Future.failedFuture(failure);
    }
}
