package io.verstak.server.account.provider;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.provider.Identities.NewAccount;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.IdentityStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.Set;

/** Asks newcomers for a name, and makes their accounts once they have chosen one. */
final class Newcomers {
    private final AccountContext context;
    private final Providers providers;
    private final SecretBox secrets;
    private final IdentityStore store;
    private final NewUsers newUsers;

    Newcomers(AccountContext context, Providers providers, SecretBox secrets, IdentityStore store, NewUsers newUsers) {
        this.context = context;
        this.providers = providers;
        this.secrets = secrets;
        this.store = store;
        this.newUsers = newUsers;
    }

    /** Returns what the person is asked. Stores nothing. Refuses those who would get no account under any name. */
    Future<NewAccount> ask(OidcProvider provider, IdClaims claims, Attempt attempt) {
        // A person may be in hundreds of groups.
        Set<String> groups = claims.groups().contains(provider.administratorsGroup())
                ? Set.of(provider.administratorsGroup())
                : Set.of();
        IdClaims needed = new IdClaims(
                claims.issuer(),
                claims.subject(),
                claims.username(),
                claims.email(),
                claims.emailVerified(),
                groups,
                claims.authenticatedAt());
        return newUsers.require(provider, needed, attempt.invitation())
                .compose(email -> account(new Newcomer(
                        provider.id(),
                        needed,
                        attempt.next(),
                        attempt.invitation(),
                        context.clock().millis())));
    }

    Future<NewAccount> account(Newcomer newcomer) {
        return newUsers.suggest(newcomer.claims())
                .map(name -> new NewAccount(
                        newcomer.seal(secrets),
                        name,
                        provider(newcomer).name(),
                        newcomer.claims().email().orElse("")));
    }

    /** Refuses with {@code INVALID_REQUEST} if it was changed, is over, or the person has an account by now. */
    Future<Newcomer> open(String sealed) {
        return Newcomer.open(sealed, secrets)
                .filter(newcomer -> newcomer.isOpen(context.clock().millis()))
                .map(newcomer -> store.find(
                                newcomer.claims().issuer(), newcomer.claims().subject())
                        .compose(known -> known.isPresent()
                                ? Message.PROVIDER_ATTEMPT_OVER.<Newcomer>refuse()
                                : Future.succeededFuture(newcomer)))
                .orElseGet(Message.PROVIDER_ATTEMPT_OVER::refuse);
    }

    /** Makes the account. Fails as {@link Identities#register} does. */
    Future<User> register(Newcomer newcomer, String username, Client client) {
        return newUsers.register(provider(newcomer), newcomer.claims(), username, newcomer.invitation(), client);
    }

    /** Returns the provider, if it is still the one that was asked. Throws {@code NOT_FOUND} if not. */
    OidcProvider provider(Newcomer newcomer) {
        return providers
                .find(newcomer.provider())
                .filter(provider -> provider.issuer().equals(newcomer.claims().issuer()))
                .orElseThrow(() -> new ServerException(Message.PROVIDER_UNKNOWN));
    }
}
