package io.verstak.server.account.provider;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Confirmation;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.factor.SignInMethod;
import io.verstak.server.account.provider.Identities.Answer;
import io.verstak.server.account.provider.Identities.Begin;
import io.verstak.server.account.provider.Identities.Purpose;
import io.verstak.server.account.provider.Identities.Redirect;
import io.verstak.server.account.provider.ProviderRedirects.Returned;
import io.verstak.server.account.provider.Providers.Offer;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.AdministratorStore.Administrator;
import io.verstak.server.storage.account.IdentityStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks providers to sign people in again, and believes that only of the accounts that are joined to theirs. */
final class ProviderReauthentication implements Reauthentication {
    /** By how much the clocks of a provider and of this server may differ. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final AccountContext context;
    private final Providers providers;
    private final ProviderRedirects redirects;
    private final IdentityStore store;
    private final AdministratorStore administrators;
    private final Confirmation confirmation;

    ProviderReauthentication(
            AccountContext context,
            Providers providers,
            ProviderRedirects redirects,
            IdentityStore store,
            AdministratorStore administrators,
            Confirmation confirmation) {
        this.context = context;
        this.providers = providers;
        this.redirects = redirects;
        this.store = store;
        this.administrators = administrators;
        this.confirmation = confirmation;
    }

    @Override
    public Future<List<Offer>> offers(SessionIdentity session) {
        return user(session).compose(store::list).map(joined -> {
            Set<String> issuers =
                    joined.stream().map(IdentityStore.Identity::issuer).collect(Collectors.toSet());
            return providers.usable().stream()
                    .filter(provider -> issuers.contains(provider.issuer()))
                    .map(provider -> new Offer(provider.id(), provider.name()))
                    .toList();
        });
    }

    @Override
    public Future<Redirect> begin(SessionIdentity session, String provider, String next) {
        return offers(session)
                .compose(offers -> offers.stream().anyMatch(offer -> offer.id().equals(provider))
                        ? redirects.begin(new Begin(provider, purpose(session), next, "", session.tokenHash()))
                        : Message.PROVIDER_UNKNOWN.refuse());
    }

    @Override
    public Future<Void> complete(SessionIdentity session, Answer answer, Client client) {
        return user(session)
                .compose(user -> redirects.complete(
                        answer,
                        Set.of(purpose(session)),
                        session.tokenHash(),
                        user,
                        client,
                        returned -> requireJoined(returned, user)
                                .compose(joined -> requireRecent(returned))
                                .compose(recent ->
                                        confirmation.renew(session, SignInMethod.PROVIDER.word(), client.address()))));
    }

    private Future<Void> requireJoined(Returned returned, String user) {
        return store.find(returned.claims().issuer(), returned.claims().subject())
                .compose(found ->
                        found.filter(identity -> identity.userId().equals(user)).isPresent()
                                ? Future.succeededFuture()
                                : Message.IDENTITY_OTHER.refuse());
    }

    private Future<Void> requireRecent(Returned returned) {
        Optional<Long> at = returned.claims().authenticatedAt();
        if (at.isEmpty()) {
            return Message.PROVIDER_TIME_MISSING.refuse();
        }
        long oldest = returned.attempt().begunAt() - SKEW.toMillis();
        long newest = context.clock().millis() + SKEW.toMillis();
        return at.get() > oldest && at.get() <= newest ? Future.succeededFuture() : Message.PROVIDER_NOT_AGAIN.refuse();
    }

    private static Purpose purpose(SessionIdentity session) {
        return session.administrator() ? Purpose.CONFIRM_ADMINISTRATOR : Purpose.CONFIRM_USER;
    }

    /** Returns the id of the user; empty for an administrator who is none. */
    private Future<String> user(SessionIdentity session) {
        return session.administrator()
                ? administrators
                        .findByKey(session.owner())
                        .map(found -> found.map(Administrator::userId).orElse(""))
                : Future.succeededFuture(session.owner());
    }
}
