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
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.IdentityStore;
import io.verstak.server.storage.account.IdentityStore.Identity;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins and completes sign-ins at providers. */
public final class UserIdentities implements Identities {
    private static final Logger LOG = LoggerFactory.getLogger(UserIdentities.class);

    private final AccountContext context;
    private final Providers providers;
    private final ProviderClient client;
    private final SecretBox secrets;
    private final UserStore users;
    private final IdentityStore store;
    private final NewUsers newUsers;
    private final ProviderGroups groups;
    private final Logins logins;
    private final ProviderSessions sessions;

    UserIdentities(
            AccountContext context,
            Providers providers,
            ProviderClient client,
            SecretBox secrets,
            UserStore users,
            IdentityStore store,
            NewUsers newUsers,
            ProviderGroups groups,
            Logins logins,
            ProviderSessions sessions) {
        this.context = context;
        this.providers = providers;
        this.client = client;
        this.secrets = secrets;
        this.users = users;
        this.store = store;
        this.newUsers = newUsers;
        this.groups = groups;
        this.logins = logins;
        this.sessions = sessions;
    }

    @Override
    public Future<Redirect> begin(Begin begin) {
        Optional<OidcProvider> provider = providers.find(begin.provider());
        if (provider.isEmpty()) {
            return Message.PROVIDER_UNKNOWN.refuse();
        }
        client.keepOnly(providers.usable());
        Attempt attempt = Attempt.of(begin, context.tokens(), context.clock().millis());
        return client.authorizationUrl(provider.get(), attempt, providers.redirect(provider.get()))
                .map(url -> new Redirect(url, attempt.seal(secrets)))
                .recover(told(provider.get()));
    }

    @Override
    public Future<Redirect> beginJoin(String provider, Proof proof) {
        return logins.require(proof)
                .compose(user -> begin(new Begin(
                        provider, Purpose.JOIN, "/account", "", proof.session().tokenHash())));
    }

    @Override
    public Future<Completed> complete(Answer answer, Client browser) {
        Optional<OidcProvider> provider = providers.find(answer.provider());
        if (provider.isEmpty()) {
            return Message.PROVIDER_UNKNOWN.refuse();
        }
        Optional<Attempt> attempt = Attempt.open(answer.attempt(), secrets)
                .filter(begun -> begun.provider().equals(answer.provider()))
                .filter(begun -> begun.hasState(answer.state()))
                .filter(begun -> begun.isOpen(context.clock().millis()));
        return context.limited(() -> context.limits().confirm().check(browser.address()), browser.address())
                .compose(allowed -> attempt.isEmpty()
                        ? Message.PROVIDER_ATTEMPT_OVER.<Completed>refuse()
                        : complete(provider.get(), attempt.get(), answer, browser))
                .recover(failure -> count(failure, browser));
    }

    /** Counts what an honest browser and an honest provider do not do. */
    private <T> Future<T> count(Throwable failure, Client browser) {
        boolean counts = failure instanceof ServerException refusal
                && (refusal.message().equals(Optional.of(Message.PROVIDER_REFUSED))
                        || refusal.message().equals(Optional.of(Message.PROVIDER_ATTEMPT_OVER)));
        if (!counts) {
            return Future.failedFuture(failure);
        }
        context.audit().refused(AuditType.PROVIDER_LOGIN_REFUSED, "", browser.address());
        return context.limits().confirm().failed(browser.address()).compose(counted -> Future.failedFuture(failure));
    }

    private Future<Completed> complete(OidcProvider provider, Attempt attempt, Answer answer, Client browser) {
        if (!answer.error().isEmpty()) {
            LOG.info("provider {} answers {}", provider.id(), answer.error().replaceAll("[^A-Za-z0-9_.-]", "?"));
            return Message.PROVIDER_DENIED.refuse();
        }
        return client.exchange(provider, attempt, answer.code(), answer.issuer(), providers.redirect(provider))
                .recover(told(provider))
                .compose(claims -> attempt.purpose() == Purpose.SIGN_IN
                        ? signIn(provider, attempt, claims, browser)
                        : join(provider, attempt, claims, answer, browser));
    }

    private Future<Completed> signIn(OidcProvider provider, Attempt attempt, IdClaims claims, Client browser) {
        return store.find(claims.issuer(), claims.subject())
                .compose(found -> found.isPresent()
                        ? users.find(found.get().userId())
                                .map(user -> user.orElseThrow(() -> new ServerException(ErrorCode.CONFLICT)))
                        : newcomer(provider, attempt, claims, browser))
                .compose(UserIdentities::admit)
                .compose(user -> store.use(
                                identity(provider, claims, user.id()),
                                context.clock().millis())
                        .compose(used -> groups.apply(provider, claims, user, browser))
                        .compose(applied -> sessions.begin(provider, user, browser)))
                .map(signedIn -> new Completed(Purpose.SIGN_IN, attempt.next(), Optional.of(signedIn)));
    }

    private Future<User> newcomer(OidcProvider provider, Attempt attempt, IdClaims claims, Client browser) {
        Future<Optional<User>> known = provider.joinByEmail()
                        && claims.emailVerified()
                        && claims.email().isPresent()
                ? users.findByEmail(claims.email().get()).map(found -> found.filter(User::confirmed))
                : Future.succeededFuture(Optional.empty());
        return known.compose(user -> user.isPresent()
                ? admit(user.get())
                        .compose(owner -> store.joinByAddress(
                                        identity(provider, claims, owner.id()), owner, joined(provider, owner, browser))
                                .map(owner))
                : newUsers.register(provider, claims, attempt.invitation(), browser));
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
                .compose(session -> session.tokenHash().equals(attempt.userSession())
                        ? users.find(session.owner())
                        : Message.PROVIDER_ATTEMPT_OVER.refuse())
                .map(user -> user.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)))
                .compose(user -> add(provider, claims, user, browser))
                .map(joined -> new Completed(Purpose.JOIN, attempt.next(), Optional.empty()));
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

    /** Logs why a provider cannot be used; the person is told less. */
    private static <T> Function<Throwable, Future<T>> told(OidcProvider provider) {
        return failure -> {
            if (!(failure instanceof ProviderException reason)) {
                return Future.failedFuture(failure);
            }
            LOG.warn("sign-in with provider {} failed: {}", provider.id(), reason.reason());
            return reason.told().refuse();
        };
    }
}
