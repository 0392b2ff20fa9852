package io.verstak.server.account.provider;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Logins;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.AuditType;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.IdentityStore;
import io.verstak.server.storage.account.IdentityStore.Identity;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Begins and completes sign-ins at providers. */
public final class UserIdentities implements Identities {
    private final AccountContext context;
    private final Providers providers;
    private final ProviderRedirects redirects;
    private final UserStore users;
    private final IdentityStore store;
    private final Newcomers newcomers;
    private final ProviderGroups groups;
    private final Logins logins;
    private final ProviderSessions sessions;

    UserIdentities(
            AccountContext context,
            Providers providers,
            ProviderRedirects redirects,
            UserStore users,
            IdentityStore store,
            Newcomers newcomers,
            ProviderGroups groups,
            Logins logins,
            ProviderSessions sessions) {
        this.context = context;
        this.providers = providers;
        this.redirects = redirects;
        this.users = users;
        this.store = store;
        this.newcomers = newcomers;
        this.groups = groups;
        this.logins = logins;
        this.sessions = sessions;
    }

    @Override
    public Future<Redirect> begin(Begin begin) {
        return redirects.begin(begin);
    }

    @Override
    public Future<Redirect> beginJoin(String provider, Proof proof) {
        return logins.require(proof)
                .compose(user -> begin(new Begin(
                        provider, Purpose.JOIN, "/account", "", proof.session().tokenHash())));
    }

    @Override
    public Future<Completed> complete(Answer answer, Client browser) {
        Optional<Attempt> confirmation =
                redirects.begun(answer).filter(begun -> begun.purpose().confirms());
        return confirmation.isPresent()
                ? Future.succeededFuture(new Completed(
                        confirmation.get().purpose(), confirmation.get().next(), Optional.empty(), Optional.empty()))
                : redirects.complete(
                        answer,
                        EnumSet.of(Purpose.SIGN_IN, Purpose.JOIN),
                        "",
                        "",
                        browser,
                        returned -> returned.attempt().purpose() == Purpose.SIGN_IN
                                ? signIn(returned.provider(), returned.attempt(), returned.claims(), browser)
                                : join(returned.provider(), returned.attempt(), returned.claims(), answer, browser));
    }

    private Future<Completed> signIn(OidcProvider provider, Attempt attempt, IdClaims claims, Client browser) {
        return store.find(claims.issuer(), claims.subject())
                .compose(found -> found.isPresent()
                        ? users.find(found.get().userId())
                                .map(user ->
                                        Optional.of(user.orElseThrow(() -> new ServerException(ErrorCode.CONFLICT))))
                        : byAddress(provider, claims, browser))
                .compose(user -> user.isPresent()
                        ? enter(provider, claims, user.get(), attempt.next(), browser)
                        : newcomers
                                .ask(provider, claims, attempt)
                                .map(account -> new Completed(
                                        Purpose.SIGN_IN, attempt.next(), Optional.empty(), Optional.of(account))));
    }

    /** Joins the account with the same address, where the provider is trusted with that. */
    private Future<Optional<User>> byAddress(OidcProvider provider, IdClaims claims, Client browser) {
        Future<Optional<User>> known = provider.joinByEmail()
                        && claims.emailVerified()
                        && claims.email().isPresent()
                ? users.findByEmail(claims.email().get()).map(found -> found.filter(User::confirmed))
                : Future.succeededFuture(Optional.empty());
        return known.compose(user -> user.isPresent()
                ? admit(user.get())
                        .compose(owner -> store.joinByAddress(
                                        identity(provider, claims, owner.id()), owner, joined(provider, owner, browser))
                                .map(user))
                : Future.succeededFuture(user));
    }

    @Override
    public Future<NewAccount> newAccount(String sealed) {
        return newcomers.open(sealed).compose(newcomers::account);
    }

    @Override
    public Future<Completed> register(String sealed, String username, Client browser) {
        return newcomers
                .open(sealed)
                .compose(newcomer -> newcomers
                        .register(newcomer, username, browser)
                        .compose(user -> enter(
                                newcomers.provider(newcomer), newcomer.claims(), user, newcomer.next(), browser)));
    }

    private Future<Completed> enter(OidcProvider provider, IdClaims claims, User found, String next, Client browser) {
        return admit(found)
                .compose(user -> store.use(
                                identity(provider, claims, user.id()),
                                context.clock().millis())
                        .compose(used -> groups.apply(provider, claims, user, browser))
                        .compose(applied -> sessions.begin(
                                provider,
                                user,
                                browser,
                                claims.authenticatedAt().orElse(context.clock().millis()))))
                .map(signedIn -> new Completed(Purpose.SIGN_IN, next, Optional.of(signedIn), Optional.empty()));
    }

    private static Future<User> admit(User user) {
        if (user.blocked()) {
            return Message.ACCOUNT_BLOCKED.refuse();
        }
        return user.confirmed() ? Future.succeededFuture(user) : Message.EMAIL_NOT_CONFIRMED.refuse();
    }

    private Future<Completed> join(
            OidcProvider provider, Attempt attempt, IdClaims claims, Answer answer, Client browser) {
        return sessions.user(answer.userToken(), browser)
                .compose(session -> session.tokenHash().equals(attempt.session())
                        ? users.find(session.owner())
                        : Message.PROVIDER_ATTEMPT_OVER.refuse())
                .map(user -> user.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)))
                .compose(user -> add(provider, claims, user, browser))
                .map(joined -> new Completed(Purpose.JOIN, attempt.next(), Optional.empty(), Optional.empty()));
    }

    private Future<Void> add(OidcProvider provider, IdClaims claims, User user, Client browser) {
        return store.join(identity(provider, claims, user.id()), joined(provider, user, browser));
    }

    private AuditEntry joined(OidcProvider provider, User user, Client browser) {
        return context.audit()
                .entry(AuditType.IDENTITY_JOINED, user.id(), browser.address())
                .subject(provider.name())
                .agent(browser.userAgent());
    }

    private Identity identity(OidcProvider provider, IdClaims claims, String userId) {
        long now = context.clock().millis();
        return new Identity(
                claims.issuer(),
                claims.subject(),
                userId,
                provider.id(),
                claims.email().orElse(""),
                now,
                null);
    }

    @Override
    public Future<List<IdentityView>> identities(SessionIdentity session) {
        return store.list(session.owner())
                .map(all -> all.stream().map(this::view).toList());
    }

    private IdentityView view(Identity identity) {
        @Nullable Long used = identity.lastUsedAt();
        return new IdentityView(
                identity.issuer(),
                identity.subject(),
                providers.name(identity.issuer(), identity.provider()),
                identity.email(),
                identity.createdAt(),
                used == null ? 0 : used);
    }

    @Override
    public Future<Void> remove(Proof proof, String issuer, String subject) {
        return logins.require(proof)
                .compose(user -> store.remove(
                                user.id(),
                                issuer,
                                subject,
                                context.audit()
                                        .entry(AuditType.IDENTITY_REMOVED, proof.session(), proof.address())
                                        .subject(providers.name(issuer, "")))
                        .onSuccess(removed -> context.caches().forgetUser(user.id())));
    }
}
